"""Stores in the memory of one process."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from mock_server.domain.world import World

T = TypeVar("T")

_log = logging.getLogger("aiimage_mock.stores")


class MemoryStore:
    """Worlds in a dict, at most `capacity` of them; the one longest not used goes first.

    An update is atomic because nothing in it awaits: one event loop, one thread.
    """

    def __init__(self, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._worlds: OrderedDict[str, World] = OrderedDict()

    async def read(self, name: str) -> World | None:
        if name in self._worlds:
            self._worlds.move_to_end(name)
        return self._worlds.get(name)

    async def update(self, name: str, change: Callable[[World | None], tuple[World, T]]) -> T:
        world, outcome = change(self._worlds.get(name))
        self._worlds[name] = world
        self._worlds.move_to_end(name)
        if len(self._worlds) > self._capacity:
            evicted, _ = self._worlds.popitem(last=False)
            _log.warning("more than %d worlds: let go of %s, the longest not used", self._capacity, evicted[:8])
        return outcome

    async def count(self) -> int:
        return len(self._worlds)


class MemoryShelf(Generic[T]):
    """Values in a dict, each weighing what `weigh` says, at most `capacity` together.

    The one longest not asked for goes first. A value that alone weighs more than that is not kept.
    """

    def __init__(self, capacity: int, weigh: Callable[[T], int] = lambda _: 1) -> None:
        self._capacity = capacity
        self._weigh = weigh
        self._held = 0
        self._values: OrderedDict[str, T] = OrderedDict()

    async def get(self, key: str) -> T | None:
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    async def put(self, key: str, value: T) -> None:
        if key in self._values:
            self._held -= self._weigh(self._values.pop(key))
        if self._weigh(value) > self._capacity:
            return
        self._values[key] = value
        self._held += self._weigh(value)
        while self._held > self._capacity:
            _, let_go = self._values.popitem(last=False)
            self._held -= self._weigh(let_go)

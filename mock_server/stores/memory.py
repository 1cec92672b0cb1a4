"""Stores in the memory of one process."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from mock_server.domain.clock import Clock

from .bounds import EvictionLog, weight
from .protocol import Change, Found

if TYPE_CHECKING:
    from mock_server.domain.world import World

T = TypeVar("T")


class MemoryStore:
    """Worlds in a dict, at most `capacity` of them and at most `max_bytes` together; the least recently used is evicted
    first, and `on_evict` receives its name.
    """

    kind = "memory"

    def __init__(
        self,
        clock: Clock,
        capacity: int = 10_000,
        max_bytes: int = 256 * 2**20,
        on_evict: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._clock = clock
        self._capacity = capacity
        self._max_bytes = max_bytes
        self._on_evict = on_evict
        self._held = 0
        self._evictions = EvictionLog()
        self._worlds: OrderedDict[str, tuple[World, int]] = OrderedDict()

    async def read(self, name: str) -> Found:
        if name not in self._worlds:
            return Found(None, self._clock.now())
        self._worlds.move_to_end(name)
        return Found(self._worlds[name][0], self._clock.now())

    async def update(self, name: str, change: Change[T], found: Found | None = None) -> T:
        del found
        # Atomic because nothing from here to the end awaits: one event loop, one thread.
        before, then = self._worlds.get(name, (None, 0))
        world, outcome = change(before, self._clock.now())
        if world is not before:
            heavy = weight(world, before, then)
            self._held += heavy - then
            self._worlds[name] = (world, heavy)
        self._worlds.move_to_end(name)
        self._make_room()
        return outcome

    async def delete(self, name: str) -> None:
        self._held -= self._worlds.pop(name, (None, 0))[1]

    async def names(self) -> Sequence[str]:
        return list(self._worlds)

    async def count(self) -> int:
        return len(self._worlds)

    def _make_room(self) -> None:
        # The last one stays, however heavy: it is the world that was just updated.
        while len(self._worlds) > max(1, self._capacity) or (self._held > self._max_bytes and len(self._worlds) > 1):
            name, (_, heavy) = self._worlds.popitem(last=False)
            self._held -= heavy
            self._on_evict(name)
            self._evictions.log(name, len(self._worlds))


class MemoryShelf(Generic[T]):
    """Values in a dict, each as heavy as `weigh` returns, at most `capacity` together.

    The least recently used is evicted first. A value that is too heavy alone is not stored.
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
            _, evicted = self._values.popitem(last=False)
            self._held -= self._weigh(evicted)

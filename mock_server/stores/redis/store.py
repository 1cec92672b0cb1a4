"""Worlds in Valkey, for any number of processes and machines."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from random import uniform
from typing import TypeVar
from weakref import WeakValueDictionary

import msgspec

from mock_server.domain.world import World

from ..evictions import Evictions
from ..protocol import Change, Found, StoreUnavailableError
from .clock import FollowingClock
from .keys import key
from .ledger import Ledger, names_in
from .line import LineLostError
from .scripts import DROP, READ, STAMP_BYTES, WRITE
from .server import Server

T = TypeVar("T")

_VERSION = b"\x01"
_WORLD_BYTES = 600
_TRIES = 1_000
_PATIENT_TRIES = 5
_REMEMBERED_MILLISECONDS = 60_000
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(World).decode


class RedisStore:
    """Each world in a hash: its bytes, the stamps of its last writes, and the last time that was told of it.

    An update is a compare-and-set on the stamp: who comes late is told what there is now, and tries again. Where
    nobody knows whether a write went in, it is sent again: the second time it finds its own stamp.
    evicted: is told which world had to go.
    """

    kind = "redis"

    def __init__(
        self, server: Server, clock: FollowingClock, ledger: Ledger, evicted: Callable[[str], Awaitable[None]]
    ) -> None:
        self._server = server
        self._clock = clock
        self._ledger = ledger
        self._evicted = evicted
        self._evictions = Evictions()
        self._known = _Known()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._process = secrets.token_bytes(STAMP_BYTES - 4)
        self._numbers = count()

    async def read(self, name: str) -> Found:
        known = self._known.get(name)
        asked, now = self._clock.own(), self._clock.now()
        told, _ = await self._server.ask(
            READ((_state(name),), known.stamp, self._ledger.lifetime), self._ledger.touch(name, now)
        )
        self._clock.follow(told[0], asked)
        if len(told) == 2:
            return Found(known.world if told[1] else None, told[0], told[1])
        return self._found(name, told[0], told[1], told[2])

    async def update(self, name: str, change: Change[T], found: Found | None = None) -> T:
        async with self._turn(name):  # of this process: only those of others can be faster
            return await self._update(name, change, found)

    async def _update(self, name: str, change: Change[T], found: Found | None) -> T:
        found = await self.read(name) if found is None else max(found, self._known.get(name), key=lambda each: each.at)
        for tries in range(_TRIES):
            world, outcome = change(found.world, found.at)
            if world is found.world:
                return outcome
            late = await self._written(name, found.stamp, world)
            if late is None:
                return outcome
            found = late
            if tries > _PATIENT_TRIES:
                await asyncio.sleep(uniform(0, 0.002))  # noqa: S311
        raise StoreUnavailableError(f"the world {name[:8]} is changed by others all the time: ask less often")

    async def delete(self, name: str) -> None:
        self._known.forget(name)
        await self._server.ask(
            DROP((_state(name),), self._stamp(), _REMEMBERED_MILLISECONDS), self._ledger.strike(name)
        )

    async def names(self) -> Sequence[str]:
        return names_in((await self._server.ask(self._ledger.names(self._clock.now())))[0])

    async def count(self) -> int:
        return int((await self._server.ask(self._ledger.count(self._clock.now())))[0])

    async def _written(self, name: str, before: bytes, world: World) -> Found | None:
        """Write a world where it still has the stamp that it had before; return what there is instead, if not."""
        packed, stamp = _VERSION + _encode(world), self._stamp()
        asked, now = self._clock.own(), self._clock.now()
        commands = (
            WRITE((_state(name),), before, stamp, packed, self._ledger.lifetime),
            self._ledger.weigh(name, len(packed) + _WORLD_BYTES, now),
        )
        try:
            told, gone = await self._server.ask(*commands)
        except LineLostError:
            told, gone = await self._server.ask(*commands)
        self._clock.follow(told[0], asked)
        if gone:
            await self._let_go(names_in(gone))
        if told[1] == b"done":
            self._known.put(name, Found(world, told[0], stamp), len(packed))
            return None
        if told[1] == b"unknown":
            raise StoreUnavailableError(f"nobody can tell any more whether the world {name[:8]} was changed")
        return self._found(name, told[0], told[2], told[3])

    async def _let_go(self, names: Sequence[str]) -> None:
        room = await self.count()
        for name in names:
            await self.delete(name)
            await self._evicted(name)
            self._evictions.log(name, room)

    def _found(self, name: str, at: int, stamp: bytes, packed: bytes | None) -> Found:
        known = self._known.get(name)
        if known.stamp == stamp:
            return Found(known.world, at, stamp)
        found = Found(None if packed is None else _unpacked(packed), at, stamp)
        self._known.put(name, found, len(packed or b""))
        return found

    def _turn(self, name: str) -> asyncio.Lock:
        return self._turns.setdefault(name, asyncio.Lock())

    def _stamp(self) -> bytes:
        return self._process + next(self._numbers).to_bytes(4, "big")


def _state(name: str) -> str:
    return key(name, "state")


def _unpacked(packed: bytes) -> World:
    if not packed.startswith(_VERSION):
        raise StoreUnavailableError("the state was written by another version of the mock: use another database")
    return _decode(packed[1:])


class _Known:
    """The worlds that this process saw last, so that what has not changed need not come again. Bounded: the one longest
    not asked for goes first, and a large one is not kept.
    """

    _most = 500
    _largest = 65_536
    _nothing = Found(None, 0)

    def __init__(self) -> None:
        self._worlds: OrderedDict[str, Found] = OrderedDict()

    def get(self, name: str) -> Found:
        if name in self._worlds:
            self._worlds.move_to_end(name)
        return self._worlds.get(name, self._nothing)

    def put(self, name: str, found: Found, weight: int) -> None:
        self.forget(name)
        if weight <= self._largest:
            self._worlds[name] = found
        if len(self._worlds) > self._most:
            self._worlds.popitem(last=False)

    def forget(self, name: str) -> None:
        self._worlds.pop(name, None)

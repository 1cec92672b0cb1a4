"""Worlds in Valkey, for any number of processes and machines."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from random import uniform
from typing import Any, TypeVar

from mock_server.domain.world import World

from ..evictions import Evictions
from ..growth import came
from ..protocol import Change, Found, StoreUnavailableError
from .clock import FollowingClock
from .keys import key
from .known import Known
from .ledger import Ledger, names_in
from .line import LineLostError
from .packing import packed, packed_images, unpacked, weight
from .scripts import DROP, READ, STAMP_BYTES, WRITE
from .server import Server
from .turns import Turns, Wish

T = TypeVar("T")

_TRIES = 1_000
_PATIENT_TRIES = 5
_REMEMBERED_MILLISECONDS = 60_000


class RedisStore:
    """Each world in a hash: its bytes, the stamps of its last writes, and the last time that was told of it. Its images
    are in a list, to which those of a generation are added. A stamp stands for a state, and the base that goes with it
    for the images that others were added to.

    An update is a compare-and-set on the stamp: who comes late is told what there is now, and tries again. Those of one
    process that wait for the same world go together, in one write. Where nobody knows whether a write went in, it is
    sent again: the second time it finds its own stamp.
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
        self._known = Known()
        self._turns = Turns(self._grant)
        self._process = secrets.token_bytes(STAMP_BYTES - 4)
        self._numbers = count()

    async def read(self, name: str) -> Found:
        known = self._known.get(name)
        asked, now = self._clock.own(), self._clock.now()
        told, _ = await self._server.ask(
            READ(_keys(name), *_as_known(known), self._ledger.lifetime), self._ledger.touch(name, now)
        )
        self._clock.follow(told[0], asked)
        return self._found(name, known, told)

    async def update(self, name: str, change: Change[T], found: Found | None = None) -> T:
        outcome: T = await self._turns.take(name, Wish(change, found, asyncio.get_running_loop().create_future()))
        return outcome

    async def _grant(self, name: str, wishes: Sequence[Wish]) -> None:
        """Make some changes, one after the other, and write what becomes of the world once."""
        found = self._latest(name, wishes) or await self.read(name)
        for tries in range(_TRIES):
            world, tell = found.world, []
            for wish in wishes:
                world, told = wish.applied(world, found.at)
                tell.append(told)
            late = None if world is found.world or world is None else await self._written(name, found, world)
            if late is None:
                for each in tell:
                    each()
                return
            found = late
            if tries > _PATIENT_TRIES:
                await asyncio.sleep(uniform(0, 0.002))  # noqa: S311
        raise StoreUnavailableError(f"the world {name[:8]} is changed by others all the time: ask less often")

    def _latest(self, name: str, wishes: Sequence[Wish]) -> Found | None:
        """Return the last that is known of a world by those who wish to change it, None where they know nothing."""
        known = [wish.found for wish in wishes if wish.found]
        return max(*known, self._known.get(name), key=lambda each: each.at) if known else None

    async def delete(self, name: str) -> None:
        self._known.forget(name)
        await self._server.ask(DROP(_keys(name), self._stamp(), _REMEMBERED_MILLISECONDS), self._ledger.strike(name))

    async def names(self) -> Sequence[str]:
        return names_in((await self._server.ask(self._ledger.names(self._clock.now())))[0])

    async def count(self) -> int:
        return int((await self._server.ask(self._ledger.count(self._clock.now())))[0])

    async def _written(self, name: str, before: Found, world: World) -> Found | None:
        """Write a world where it still has the stamp that it had before; return what there is instead, if not."""
        head, stamp, fresh = packed(world), self._stamp(), came(world, before.world)
        heavy = weight(head, world)
        images = packed_images(world.images[:fresh])
        how = ("all" if fresh is None else "more", world.made, len(world.images))
        asked, now = self._clock.own(), self._clock.now()
        commands = (
            WRITE(_keys(name), *_as_known(before), stamp, head, self._ledger.lifetime, *how, *images),
            self._ledger.weigh(name, heavy, now),
        )
        try:
            told, gone = await self._server.ask(*commands)
        except LineLostError:
            told, gone = await self._server.ask(*commands)
        self._clock.follow(told[0], asked)
        if gone:
            await self._let_go(names_in(gone))
        if told[1] == b"done":
            base = stamp if fresh is None else before.stamp[STAMP_BYTES:]
            self._known.put(name, Found(world, told[0], stamp + base), heavy)
            return None
        if told[1] == b"unknown":
            raise StoreUnavailableError(f"nobody can tell any more whether the world {name[:8]} was changed")
        return self._found(name, before, told)

    async def _let_go(self, names: Sequence[str]) -> None:
        room = await self.count()
        for name in names:
            await self.delete(name)
            await self._evicted(name)
            self._evictions.log(name, room)

    def _found(self, name: str, known: Found, told: Sequence[Any]) -> Found:
        """Return what there is. known: what was known there when that was asked; told: what READ returns."""
        if told[1] == b"same":
            return Found(known.world, told[0], known.stamp)
        at, _, stamp, head, images = told
        world = None if head is None else unpacked(head, images, known.world)
        found = Found(world, at, stamp)
        self._known.put(name, found, weight(head, world) if world else 0)
        return found

    def _stamp(self) -> bytes:
        return self._process + next(self._numbers).to_bytes(4, "big")


def _keys(name: str) -> tuple[str, str]:
    return key(name, "state"), key(name, "images")


def _as_known(found: Found) -> tuple[bytes, bytes, int]:
    """Return what says which world is known: its stamp, the base of its images, and how many were made."""
    return found.stamp[:STAMP_BYTES], found.stamp[STAMP_BYTES:], found.world.made if found.world else 0

"""Worlds in Valkey, for any number of processes and machines."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from random import uniform
from typing import Any, TypeVar

from mock_server.domain.world import World

from ..bounds import EvictionLog, new_images
from ..protocol import Change, Found, StoreUnavailableError
from .clock import FollowingClock
from .commands import Script, key
from .connection import Connection, ConnectionLostError
from .shelf import LruIndex, names_in
from .updates import PendingUpdate, UpdateBatcher
from .worlds import WorldCache, pack, pack_images, unpack, weight

T = TypeVar("T")

READ = Script("world", "world_read", frees_memory=True)
WRITE = Script("world", "world_write")
DELETE = Script("world", "world_delete", frees_memory=True)

_STAMP_BYTES = 12  # as in world.lua
_MAX_TRIES = 1_000
_TRIES_WITHOUT_PAUSE = 5
# A deleted world keeps its stamps for so long: no write from before may bring it back.
_DELETED_MILLISECONDS = 60_000


class RedisStore:
    """Each world in a hash: its bytes, the stamps of its last writes, and the last time it was seen at. Its images are
    in a list, to which those of a generation are added. A stamp identifies a state, and the base that goes with it the
    write that last replaced all images.

    An update is a compare-and-set on the stamp: a late writer gets the current world back with the refusal, and tries
    again. Waiting updates of one process share a write.
    on_evict: receives the name of each evicted world.
    """

    kind = "redis"

    def __init__(
        self,
        connection: Connection,
        clock: FollowingClock,
        index: LruIndex,
        on_evict: Callable[[str], Awaitable[None]],
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._index = index
        self._on_evict = on_evict
        self._evictions = EvictionLog()
        self._cache = WorldCache()
        self._batcher = UpdateBatcher(self._apply)
        self._process = secrets.token_bytes(_STAMP_BYTES - 4)
        self._numbers = count()

    async def read(self, name: str) -> Found:
        known = self._cache.get(name)
        sent, now = self._clock.own(), self._clock.now()
        reply, _ = await self._connection.execute(
            READ(_keys(name), *_version(known), self._index.lifetime), self._index.touch(name, now)
        )
        self._clock.follow(reply[0], sent)
        return self._found(name, known, reply)

    async def update(self, name: str, change: Change[T], found: Found | None = None) -> T:
        outcome: T = await self._batcher.submit(
            name, PendingUpdate(change, found, asyncio.get_running_loop().create_future())
        )
        return outcome

    async def _apply(self, name: str, updates: Sequence[PendingUpdate]) -> None:
        """Apply some updates, one after the other, and write the resulting world once."""
        found = self._latest(name, updates) or await self.read(name)
        for tries in range(_MAX_TRIES):
            world, deliveries = found.world, []
            for update in updates:
                world, deliver = update.apply(world, found.at)
                deliveries.append(deliver)
            current = None if world is found.world or world is None else await self._write(name, found, world)
            if current is None:
                for deliver in deliveries:
                    deliver()
                return
            found = current
            if tries > _TRIES_WITHOUT_PAUSE:  # a random time, so that processes do not collide again
                await asyncio.sleep(uniform(0, 0.002))  # noqa: S311
        raise StoreUnavailableError(f"other processes change the world {name[:8]} all the time: send fewer requests")

    def _latest(self, name: str, updates: Sequence[PendingUpdate]) -> Found | None:
        """Return the world as it was last found, None if none of the requests has read it."""
        known = [update.found for update in updates if update.found]
        return max(*known, self._cache.get(name), key=lambda each: each.at) if known else None

    async def delete(self, name: str) -> None:
        self._cache.evict(name)
        delete = DELETE(_keys(name), self._stamp(), _DELETED_MILLISECONDS)
        await self._connection.execute(delete, self._index.delete(name))

    async def names(self) -> Sequence[str]:
        return names_in((await self._connection.execute(self._index.names(self._clock.now())))[0])

    async def count(self) -> int:
        return int((await self._connection.execute(self._index.count(self._clock.now())))[0])

    async def _write(self, name: str, before: Found, world: World) -> Found | None:
        """Write a world if it still has the stamp that it had before; else return the current one."""
        head, stamp, new = pack(world), self._stamp(), new_images(world, before.world)
        heavy = weight(head, world)
        images = pack_images(world.images[:new])
        how = ("all" if new is None else "more", world.made, len(world.images))
        sent, now = self._clock.own(), self._clock.now()
        commands = (
            WRITE(_keys(name), *_version(before), stamp, head, self._index.lifetime, *how, *images),
            self._index.put(name, heavy, now),
        )
        try:
            reply, evicted = await self._connection.execute(*commands)
        except ConnectionLostError:
            # Its outcome is unknown. Sent again, it is applied once: the second time it finds its own stamp.
            reply, evicted = await self._connection.execute(*commands)
        self._clock.follow(reply[0], sent)
        if evicted:
            await self._evict(names_in(evicted))
        if reply[1] == b"done":
            base = stamp if new is None else before.stamp[_STAMP_BYTES:]
            self._cache.put(name, Found(world, reply[0], stamp + base), heavy)
            return None
        if reply[1] == b"unknown":
            raise StoreUnavailableError(f"the outcome of the update of the world {name[:8]} is unknown")
        return self._found(name, before, reply)

    async def _evict(self, names: Sequence[str]) -> None:
        room = await self.count()
        for name in names:
            await self.delete(name)
            await self._on_evict(name)
            self._evictions.log(name, room)

    def _found(self, name: str, known: Found, reply: Sequence[Any]) -> Found:
        """Return the world in the reply of READ or WRITE. known: as it was when the command was sent."""
        if reply[1] == b"same":
            return Found(known.world, reply[0], known.stamp)
        at, _, stamp, head, images = reply
        world = None if head is None else unpack(head, images, known.world)
        found = Found(world, at, stamp)
        self._cache.put(name, found, weight(head, world) if world else 0)
        return found

    def _stamp(self) -> bytes:
        return self._process + next(self._numbers).to_bytes(4, "big")


def _keys(name: str) -> tuple[str, str]:
    return key(name, "state"), key(name, "images")


def _version(found: Found) -> tuple[bytes, bytes, int]:
    """Return what identifies a known world: its stamp, the base of its images, and how many were made."""
    return found.stamp[:_STAMP_BYTES], found.stamp[_STAMP_BYTES:], found.world.made if found.world else 0

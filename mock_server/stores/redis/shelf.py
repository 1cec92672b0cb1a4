"""Bounds in Valkey: the least-recently-used index, and a shelf of bytes with one."""

from collections.abc import Sequence
from dataclasses import dataclass

from .clock import FollowingClock
from .commands import Command, Script, key
from .connection import Connection

# No bound: Lua counts exactly up to here.
_ANY_NUMBER = 2**53

PUT = Script("lru", "expiry", "lru_put")
TOUCH = Script("lru_touch", frees_memory=True)
DELETE = Script("lru", "lru_delete", frees_memory=True)


@dataclass(frozen=True, slots=True)
class LruIndex:
    """The commands of an index of names, with the weight of each and when it was last used.

    max_members, capacity: how many there may be, and how heavy all together; lifetime: after how many milliseconds an
    unused member expires; prefix: of the keys that go with the members, in the index's own slot, "" for none.
    """

    name: str
    max_members: int
    capacity: int
    lifetime: int
    prefix: str = ""

    def put(self, name: str, weight: int, now: int) -> Command:
        """Return the command that puts a member, used now. Its reply names the evicted members."""
        limits = self.max_members, self.capacity
        return PUT(self._keys, name, weight, now, self.lifetime, *limits, self.prefix)

    def touch(self, name: str, now: int) -> Command:
        """Return the command that records that a member was used now, if it is there."""
        return TOUCH((self._keys[0],), name, now)

    def delete(self, name: str) -> Command:
        """Return the command that deletes a member."""
        return DELETE(self._keys, name, self.prefix)

    def names(self, now: int) -> Command:
        """Return the command for the names of all members, least recently used first."""
        return ("ZRANGEBYSCORE", self._keys[0], now - self.lifetime * 1000, "+inf")

    def count(self, now: int) -> Command:
        """Return the command for the number of members."""
        return ("ZCOUNT", self._keys[0], now - self.lifetime * 1000, "+inf")

    @property
    def _keys(self) -> tuple[str, ...]:
        return key(self.name, "used"), key(self.name, "weights"), key(self.name, "total")


def names_in(reply: Sequence[bytes]) -> list[str]:
    """Return the names in a reply."""
    return [name.decode() for name in reply]


class RedisShelf:
    """Values by key, at most `capacity` bytes together; the least recently used is evicted first.

    lifetime: after how many milliseconds an unused value expires.
    """

    def __init__(self, connection: Connection, clock: FollowingClock, name: str, capacity: int, lifetime: int) -> None:
        self._connection = connection
        self._clock = clock
        self._index = LruIndex(name, _ANY_NUMBER, capacity, lifetime, prefix=key(name, "value", ""))

    async def get(self, key: str) -> bytes | None:
        get: Command = ("GETEX", self._index.prefix + key, "PX", self._index.lifetime)
        value, _ = await self._connection.execute(get, self._index.touch(key, self._clock.now()))
        return bytes(value) if value is not None else None

    async def put(self, key: str, value: bytes) -> None:
        if len(value) > self._index.capacity:
            await self._connection.execute(self._index.delete(key))
            return
        await self._connection.execute(
            ("SET", self._index.prefix + key, value, "PX", self._index.lifetime),
            self._index.put(key, len(value), self._clock.now()),
        )

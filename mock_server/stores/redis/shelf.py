"""A shelf of bytes in Valkey."""

from .clock import FollowingClock
from .keys import key
from .ledger import Ledger
from .server import Server

_ANY_NUMBER = 2**53


class RedisShelf:
    """Values by key, at most `capacity` bytes together. The one longest not asked for goes first. lifetime: after
    how many milliseconds what nobody asks for goes in any case.
    """

    def __init__(self, server: Server, clock: FollowingClock, name: str, capacity: int, lifetime: int) -> None:
        self._server = server
        self._clock = clock
        self._name = name
        self._ledger = Ledger(name, _ANY_NUMBER, capacity, lifetime, prefix=key(name, "value", ""))

    async def get(self, key: str) -> bytes | None:
        now = self._clock.now()
        lifetime = self._ledger.lifetime
        value, _ = await self._server.ask(
            ("GETEX", self._ledger.prefix + key, "PX", lifetime), self._ledger.touch(key, now)
        )
        return bytes(value) if value is not None else None

    async def put(self, key: str, value: bytes) -> None:
        if len(value) > self._ledger.capacity:
            await self._server.ask(self._ledger.strike(key))
            return
        await self._server.ask(
            ("SET", self._ledger.prefix + key, value, "PX", self._ledger.lifetime),
            self._ledger.weigh(key, len(value), self._clock.now()),
        )

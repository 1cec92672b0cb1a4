"""The journal in Valkey, in one hash slot, so that one script keeps its bounds exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from mock_server.domain.entry import Entry

from ..protocol import Tally
from .commands import Command, Script, key
from .connection import Connection
from .shelf import names_in

_Count = tuple[str, int, str | None]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Entry).decode
_decode_count = msgspec.msgpack.Decoder(_Count).decode


def _key(*names: str) -> str:
    return key("journal", *names)


_ENTRIES = _key("entries")
_TALLIED = _key("tallied")
_KEYS = (_ENTRIES, _key("rings"), _TALLIED, _key("total"))
_PREFIXES = (_key("ring", ""), _key("tally", ""))
_RING, _TALLY = _PREFIXES

APPEND = Script("journal", "expiry", "journal_append")
DELETE = Script("journal", "journal_delete", frees_memory=True)


@dataclass(frozen=True, slots=True)
class RedisJournal:
    """A ring of ids a world, and all entries by id; the bounds are those of MemoryJournal.

    bulk: the connection for large replies; lifetime: after how many milliseconds a world without a request expires.
    """

    connection: Connection
    bulk: Connection
    capacity: int
    max_bytes: int
    max_worlds: int
    lifetime: int

    async def append(self, entry: Entry) -> None:
        counted = entry.status is not None and entry.by_client
        counts = {(entry.operation or "", entry.status or 0, entry.rule): 1} if counted else {}
        await self.connection.execute(self._append(entry.world, entry, counts))

    async def entries(self, world: str | None = None) -> Sequence[Entry]:
        packed = await (self._all() if world is None else self._ring(world))
        # Some may have been evicted since their ids were read.
        return sorted((_decode(each) for each in packed if each), key=lambda each: (each.received, each.id))

    async def entry(self, number: str) -> Entry | None:
        packed = (await self.connection.execute(("HGET", _ENTRIES, number)))[0]
        return _decode(packed) if packed else None

    async def worlds(self) -> Sequence[str]:
        return [name for name in names_in((await self.connection.execute(("ZRANGE", _TALLIED, 0, -1)))[0]) if name]

    async def tally(self, world: str) -> Tally:
        reply = (await self.connection.execute(("HGETALL", _TALLY + world)))[0]
        return {_decode_count(field): int(number) for field, number in zip(reply[::2], reply[1::2], strict=True)}

    async def restore(self, world: str, entries: Sequence[Entry], tally: Tally) -> None:
        await self.delete(world)
        await self.bulk.execute(self._append(world, None, tally), *(self._append(world, each, {}) for each in entries))

    async def delete(self, world: str | None = None) -> None:
        await self.bulk.execute(DELETE(_KEYS, *_PREFIXES, *([] if world is None else [world])))

    async def _all(self) -> Sequence[bytes]:
        found: Sequence[bytes] = (await self.bulk.execute(("HVALS", _ENTRIES)))[0]
        return found

    async def _ring(self, world: str) -> Sequence[bytes]:
        ids = names_in((await self.connection.execute(("LRANGE", _RING + world, 0, -1)))[0])
        found: Sequence[bytes] = (await self.bulk.execute(("HMGET", _ENTRIES, *ids)))[0] if ids else []
        return found

    def _append(self, world: str, entry: Entry | None, counts: Tally) -> Command:
        packed = _encode(entry) if entry else b""
        kept: tuple[str, bytes] = (entry.id, packed) if entry and len(packed) <= self.max_bytes else ("", b"")
        pairs = [part for count, number in counts.items() for part in (_encode(count), number)]
        bounds = self.capacity, self.max_bytes, self.max_worlds
        return APPEND(_KEYS, *_PREFIXES, world, self.lifetime, *kept, *bounds, *pairs)

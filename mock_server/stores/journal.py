"""The journal in the memory of one process: entries as MessagePack, so that their size is known."""

from collections import Counter, OrderedDict, deque
from collections.abc import Sequence

import msgspec

from mock_server.domain.entry import Entry

from .protocol import Tally

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Entry).decode


_Ring = deque[tuple[str, bytes]]
_Counts = Counter[tuple[str, int, str | None]]


class MemoryJournal:
    """A ring for each world, of at most `capacity` entries, all together at most `max_bytes`.

    When there is no room, the oldest entry of the world longest without a request is evicted first. An entry that is
    too large alone is not stored. Of more than `max_worlds` worlds, the one longest without a request is evicted.
    """

    def __init__(self, capacity: int = 1_000, max_bytes: int = 16 * 2**20, max_worlds: int = 10_000) -> None:
        self._capacity = capacity
        self._max_bytes = max_bytes
        self._max_worlds = max_worlds
        self._held = 0
        self._rings: OrderedDict[str, _Ring] = OrderedDict()
        self._tallies: OrderedDict[str, _Counts] = OrderedDict()

    async def append(self, entry: Entry) -> None:
        counts = self._counts(entry.world)
        if entry.status is not None and entry.by_client:  # the tally is one of replies
            counts[entry.operation or "", entry.status, entry.rule] += 1
        self._store(entry.world, entry)

    async def entries(self, world: str | None = None) -> Sequence[Entry]:
        rings = self._rings.values() if world is None else [self._rings.get(world, _Ring())]
        found = [_decode(packed) for ring in rings for _, packed in ring]
        # On the server's clock: that of a world can be set back.
        return sorted(found, key=lambda each: (each.received, each.id))

    async def entry(self, number: str) -> Entry | None:
        # Rarely asked, and a search of 28,000 entries, a full journal, takes half a millisecond: no index is kept.
        found = [packed for ring in self._rings.values() for each, packed in ring if each == number]
        return _decode(found[-1]) if found else None

    async def worlds(self) -> Sequence[str]:
        return [name for name in self._tallies if name]

    async def tally(self, world: str) -> Tally:
        return dict(self._tallies.get(world, {}))

    async def restore(self, world: str, entries: Sequence[Entry], tally: Tally) -> None:
        self.evict(world)
        self._counts(world).update(tally)
        for entry in entries:
            self._store(world, entry)

    async def delete(self, world: str | None = None) -> None:
        for name in [world] if world is not None else list(self._tallies):
            self.evict(name)

    def evict(self, world: str) -> None:
        """Remove the entries and counts of a world."""
        self._tallies.pop(world, None)
        while world in self._rings:
            self._evict_oldest(world)

    def _counts(self, world: str) -> _Counts:
        """Return the counts of a world that has a request now."""
        counts = self._tallies.get(world)
        if counts is None:
            counts = self._tallies[world] = Counter()
        self._tallies.move_to_end(world)
        while len(self._tallies) > self._max_worlds:
            self.evict(next(iter(self._tallies)))
        return counts

    def _store(self, world: str, entry: Entry) -> None:
        packed = _encode(entry)
        if len(packed) > self._max_bytes:
            return
        ring = self._rings.get(world)
        if ring is None:
            ring = self._rings[world] = _Ring()
        self._rings.move_to_end(world)
        ring.append((entry.id, packed))
        self._held += len(packed)
        if len(ring) > self._capacity:
            self._evict_oldest(world)
        while self._held > self._max_bytes:
            self._evict_oldest(next(iter(self._rings)))

    def _evict_oldest(self, world: str) -> None:
        ring = self._rings[world]
        _, packed = ring.popleft()
        self._held -= len(packed)
        if not ring:
            del self._rings[world]

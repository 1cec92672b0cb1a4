"""The record of all measurements."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .processes import Memory


@dataclass(frozen=True)
class Sample:
    """A row of a contender in one round. server, load: the share of a core that the server and wrk used."""

    round: int
    per_second: float
    per_cpu_second: float
    server: float
    load: float


@dataclass(frozen=True)
class Footprint:
    """The memory of a server before any load and after all of it."""

    idle: float
    after: float
    peak: float


@dataclass(frozen=True)
class Painting:
    """Pictures fetched once each: milliseconds for one."""

    cpu: float
    wall: float


@dataclass
class Book:
    """All measurements, by row and contender. why: the reason for a missing figure."""

    contenders: Mapping[str, str]
    rows: Mapping[str, str]
    samples: dict[str, dict[str, list[Sample]]] = field(default_factory=dict)
    why: dict[str, dict[str, str]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    footprints: dict[str, list[Footprint]] = field(default_factory=dict)
    paintings: dict[str, list[Painting]] = field(default_factory=dict)
    cold: dict[str, list[float]] = field(default_factory=dict)
    in_process: dict[str, list[float]] = field(default_factory=dict)
    trips: dict[str, float] = field(default_factory=dict)
    anatomy: dict[str, Mapping[str, float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def note(self, row: str, contender: str, sample: Sample) -> None:
        self.samples.setdefault(row, {}).setdefault(contender, []).append(sample)

    def reject(self, row: str, contender: str, reason: str) -> None:
        """Record why a row has no figure, and delete the samples that it has: they may be wrong too."""
        self.why.setdefault(row, {}).setdefault(contender, reason)
        self.samples.get(row, {}).pop(contender, None)

    def rejected(self, row: str, contender: str) -> bool:
        return contender in self.why.get(row, {})

    def remember(self, contender: str, before: Memory, after: Memory) -> None:
        footprint = Footprint(before.resident, after.resident, after.peak)
        self.footprints.setdefault(contender, []).append(footprint)

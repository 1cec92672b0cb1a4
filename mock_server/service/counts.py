"""Counts of requests for metrics, in the memory of one process."""

from bisect import bisect_left
from collections import Counter

from mock_server.domain.clock import SECOND, Instant

# A lock lives for 10 seconds, and an engine may take two minutes.
BOUNDS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
_BOUNDS = tuple(round(bound * SECOND) for bound in BOUNDS_SECONDS)


class Durations:
    """How long requests took. buckets: their number by bound, the last for all longer ones; total: the sum."""

    __slots__ = ("buckets", "total")

    def __init__(self) -> None:
        self.buckets = [0] * (len(_BOUNDS) + 1)
        self.total: Instant = 0

    def add(self, other: "Durations") -> None:
        """Add those of other requests."""
        self.buckets = [one + more for one, more in zip(self.buckets, other.buckets, strict=True)]
        self.total += other.total


class RequestCounts:
    """The requests that were answered since the start, and the images that they made.

    Every request is added, so that is one lookup; the sums are made when they are read.
    """

    def __init__(self) -> None:
        self.images = 0
        self._kinds: dict[tuple[str | None, int | None, str | None], Durations] = {}

    def add(self, operation: str | None, status: int | None, rule: str | None, images: int, duration: Instant) -> None:
        """Count one request."""
        kind = operation, status, rule
        took = self._kinds.get(kind)
        if took is None:
            took = self._kinds[kind] = Durations()
        took.buckets[bisect_left(_BOUNDS, duration)] += 1
        took.total += duration
        if images:
            self.images += images

    def requests(self) -> Counter[tuple[str, int | None]]:
        """Return the number of requests by operation, "" for none, and status."""
        found: Counter[tuple[str, int | None]] = Counter()
        for (operation, status, _), took in self._kinds.items():
            found[operation or "", status] += sum(took.buckets)
        return found

    def refusals(self) -> Counter[str]:
        """Return the number of refused requests by rule."""
        found: Counter[str] = Counter()
        for (_, _, rule), took in self._kinds.items():
            if rule:
                found[rule] += sum(took.buckets)
        return found

    def durations(self) -> dict[str, Durations]:
        """Return how long requests took, by operation, "" for none."""
        found: dict[str, Durations] = {}
        for (operation, _, _), took in self._kinds.items():
            found.setdefault(operation or "", Durations()).add(took)
        return found

"""Time: events at their instants, in order; at some pace, or frozen and advanced on request."""

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from threading import Condition

from contract_tests.wrong_servers.pace import Pace

Action = Callable[[int], None]
HOUR_MS = 60 * 60 * 1000
DAY_MS = 24 * HOUR_MS


class Timeline:
    """Instants are whole milliseconds since 1970. An event happens when anything reads the time after it.

    The caller holds the service's lock in every call.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace, self._ahead = pace, 0
        self._frozen: int | None = None
        self._due: list[tuple[int, int, Action]] = []
        self._numbers = itertools.count()

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def now(self) -> int:
        return self._pace.wall_ms() + self._ahead if self._frozen is None else self._frozen

    def at(self, instant: int, action: Action) -> None:
        heapq.heappush(self._due, (instant, next(self._numbers), action))

    def catch_up(self) -> int:
        """Let everything happen that is due; return the present instant."""
        self._happen(now := self.now())
        return now

    def freeze(self) -> None:
        self._frozen = self.catch_up()

    def run(self) -> None:
        """Let time pass again, from the present instant."""
        if self._frozen is not None:
            self._ahead, self._frozen = self._frozen - self._pace.wall_ms(), None

    def move_to(self, instant: int) -> None:
        """Set the time, also back; everything that is due before it happens first."""
        self._happen(instant)
        if self._frozen is None:
            self._ahead = instant - self._pace.wall_ms()
        else:
            self._frozen = instant

    def wait(self, changed: Condition, instant: int) -> None:
        """Wait for a change, or for an instant unless the time is frozen; the caller holds the condition."""
        self._pace.wait(changed, None if self.frozen else max(0.0, (instant - self.now()) / 1000))

    def _happen(self, until: int) -> None:
        while self._due and self._due[0][0] <= until:
            instant, _, action = heapq.heappop(self._due)
            action(instant)


def iso(instant: int, timespec: str = "milliseconds", zone: tzinfo = UTC) -> str:
    """Return an instant as ISO 8601, in UTC with Z."""
    moment = datetime.fromtimestamp(instant / 1000, zone)
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")


def parse_iso(text: str) -> int:
    """Parse ISO 8601 with a time zone; raise ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return round(moment.timestamp() * 1000)

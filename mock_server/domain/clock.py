"""Time. This is the only module that reads the wall clock.

An instant is a whole number of microseconds since the epoch, UTC, so that sums are exact and edges are sharp.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol

Instant = int

SECOND = 1_000_000
DAY = 86_400 * SECOND
# The end of the year 8999: what follows from an instant, such as the end of a lock, must still have a year of 4 digits.
LATEST = 221_845_392_000 * SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """A source of time that can wait."""

    def now(self) -> Instant:
        """Return the current instant."""
        ...

    async def sleep_until(self, instant: Instant) -> None:
        """Wait until `instant`."""
        ...


class RealClock:
    """The wall clock at the start, continued by the monotonic clock."""

    def __init__(self) -> None:
        # Read once: a wall clock that is set back meanwhile must not take worlds back in time.
        self._offset = (time.time_ns() - time.monotonic_ns()) // 1000

    def now(self) -> Instant:
        return time.monotonic_ns() // 1000 + self._offset

    async def sleep_until(self, instant: Instant) -> None:
        while (left := instant - self.now()) > 0:  # noqa: ASYNC110 (a sleep may end early)
            await asyncio.sleep(left / SECOND)


def seconds(number: float) -> int:
    """Return a duration in seconds as microseconds."""
    return round(number * SECOND)


def to_iso(instant: Instant, timespec: str = "seconds") -> str:
    """Return an instant as ISO 8601 in UTC, "2026-02-26T10:00:00Z"."""
    # Not fromtimestamp: it takes a float, which is not exact to the microsecond in distant years.
    return (_EPOCH + timedelta(microseconds=instant)).isoformat(timespec=timespec).replace("+00:00", "Z")


def local_time(instant: Instant) -> str:
    """Return the time of day where this machine is, "10:00:00"."""
    return _local_time(instant // SECOND)


# Formatted once a second instead of once a request; two entries, since requests around its turn alternate.
@lru_cache(maxsize=2)
def _local_time(second: int) -> str:
    return time.strftime("%H:%M:%S", time.localtime(second))


def from_iso(text: str) -> Instant:
    """Return the instant of an ISO 8601 text; raise ValueError if it is invalid or has no time zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time zone is missing, as in 2026-02-26T10:00:00Z")
    return checked((moment - _EPOCH) // timedelta(microseconds=1))


def checked(instant: Instant) -> Instant:
    """Return the instant; raise ValueError if it is before 1970 or after 8999."""
    if not 0 <= instant < LATEST:
        raise ValueError("it is before 1970 or after 8999")
    return instant

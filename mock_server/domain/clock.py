"""Time. This is the only module that reads the wall clock.

An instant is a whole number of microseconds since the epoch, UTC, so that sums are exact and edges are sharp.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Protocol

Instant = int

SECOND = 1_000_000
_MAX_STEP_SECONDS = 1
DAY = 86_400 * SECOND
# The end of the year 8999: what follows from an instant, such as the end of a lock, must still have a year of 4 digits.
LATEST = 221_845_392_000 * SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def use_real_time(loop: asyncio.AbstractEventLoop) -> None:
    """Let an event loop of asyncio run on the real clock, also in a test that freezes time.monotonic."""
    if isinstance(loop, asyncio.BaseEventLoop):  # others, such as uvloop, have clocks of their own
        setattr(loop, "time", lambda: _elapsed_ns() / 10**9)  # noqa: B010 (to mypy it is a method)


class Clock(Protocol):
    """A source of time that can wait."""

    def now(self) -> Instant:
        """Return the current instant."""
        ...

    async def sleep_until(self, instant: Instant) -> None:
        """Wait until `instant`."""
        ...


def _elapsed_clock() -> Callable[[], int]:
    """Return a function that returns the nanoseconds of a clock that is never set, and continues during a suspend."""
    # Linux has BOOTTIME for it, macOS MONOTONIC; Windows has neither, and its monotonic clock continues.
    kind = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    # Never the function itself: freezegun replaces its own functions wherever a module has them as a global.
    return partial(time.monotonic_ns) if kind is None else partial(time.clock_gettime_ns, kind)


def _wall_ns() -> int:
    """Return the nanoseconds of the wall clock, the real one even in a test that travels in time."""
    if (travel := sys.modules.get("time_machine")) and travel.escape_hatch.is_travelling():
        return int(travel.escape_hatch.time.time_ns())
    if freezer := sys.modules.get("freezegun.api"):
        return int(freezer.real_time_ns())
    return time.time_ns()


_elapsed_ns = _elapsed_clock()


class RealClock:
    """The wall clock at the start, continued by the time that has elapsed since, suspends included.

    A wall clock that is set later, forward or back, does not move worlds.
    """

    def __init__(self, wall: Callable[[], int] = _wall_ns, elapsed: Callable[[], int] = _elapsed_ns) -> None:
        self._elapsed = elapsed
        self._offset = (wall() - elapsed()) // 1000

    def now(self) -> Instant:
        return self._elapsed() // 1000 + self._offset

    async def sleep_until(self, instant: Instant) -> None:
        while (left := instant - self.now()) > 0:  # noqa: ASYNC110 (a sleep may end early)
            # In short steps: the clock of the event loop stops during a suspend.
            await asyncio.sleep(min(left / SECOND, _MAX_STEP_SECONDS))


def seconds(number: float) -> int:
    """Return a duration in seconds as microseconds."""
    return round(number * SECOND)


# A client that polls its recent images asks for the same instants again and again.
@lru_cache(maxsize=1_000)
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
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text[:60]!r} is not a time, as in 2026-02-26T10:00:00Z") from error
    if moment.tzinfo is None:
        raise ValueError("a time zone is missing, as in 2026-02-26T10:00:00Z")
    return checked((moment - _EPOCH) // timedelta(microseconds=1))


def checked(instant: Instant) -> Instant:
    """Return the instant; raise ValueError if it is before 1970 or after 8999."""
    if not 0 <= instant < LATEST:
        raise ValueError("it is before 1970 or after 8999")
    return instant

"""The points at which a request can fail, by operation: each a fault of the mock, in a schedule named REQUEST.POINT."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mock_server.domain.clock import SECOND, Instant
from mock_server.domain.entry import PICTURE

GENERATE, CHECK = "generateImage", "checkAvailability"


@dataclass(frozen=True, slots=True)
class Point:
    """One way in which a request fails.

    fault: as in the header X-Mock-Fault; says: what happens, for a timeline; seconds: for how long later requests of
    `also` fail in the same way, 0 if only this request does.
    """

    name: str
    fault: str
    says: str
    seconds: int = 0
    also: tuple[str, ...] = ()

    def fault_at(self, left: Instant) -> str:
        """Return the fault of a request at which `left` microseconds of the failure are left."""
        return self.fault.format(left=max(1, -(-left // SECOND)))


_DAY, _LONG = 86_400, 60
_API = (GENERATE, CHECK, "getVersions", "getRecentImages")
_LIMITED = Point("429", "http-error;code=429;retry_after={left}", "rate limit for 30 s", 30, _API)
_BUSY = Point("409", "status;code=409", "another client generates for 8 s", 8, (GENERATE, CHECK))
_TIMEOUT = Point("timeout", f"delay;seconds={_DAY}", "no reply for a day")
_RESET = Point("reset", "reset", "connection reset")
_ERRORS = (
    Point("500", "http-error;code=500", "500, not handled"),
    Point("502", "proxy-error;code=502", "502 in HTML, not handled"),
    Point("503", "proxy-error;code=503", "503 in HTML, not handled"),
)
_GENERATE = (
    Point("before-lock", "lost-response;at=before-lock", "lost before the lock"),
    Point("locked", "lost-response;at=locked", "reply lost once the lock is taken"),
    Point("charged", "lost-response;at=charged", "reply lost after the charge"),
    Point("recorded", "lost-response;at=recorded", "reply lost after the record"),
    Point("headers-sent", "lost-response;at=headers-sent", "lost after the headers"),
    Point("half-body", "lost-response;at=half-body", "lost after half the body"),
    _RESET,
    _TIMEOUT,
    Point("slow", f"slow-generation;seconds={_LONG}", f"the generation takes {_LONG} s"),
    Point("failed", "upstream-failure", "200 with status: error, nothing charged"),
    *_ERRORS,
    _LIMITED,
    _BUSY,
)
_READ = (
    Point("dropped", "drop", "connection closed"),
    Point("half-body", "truncated-body", "lost after half the body"),
    _RESET,
    _TIMEOUT,
    *_ERRORS,
    _LIMITED,
)
_PICTURE = (
    Point("missing", "picture-missing", "picture not found"),
    Point("truncated", "picture-truncated", "lost after half the picture"),
    Point("slow", "picture-slow;seconds=300;parts=2", "half the picture 5 minutes late"),
    _RESET,
    _TIMEOUT,
    *_ERRORS,
)
_ABBREVIATION = re.compile(r"([1-9][0-9]{0,3})\.([a-z0-9-]+)")


class ScheduleError(ValueError):
    """A schedule cannot be read. The message says why."""


@dataclass(frozen=True, order=True, slots=True)
class Disaster:
    """A failure of one request. request: its number in the run, from 1; point: its name."""

    request: int
    point: str

    def __str__(self) -> str:
        return f"{self.request}.{self.point}"


Schedule = tuple[Disaster, ...]


def points_of(operation: str | None) -> Mapping[str, Point]:
    """Return the points of a request by name; none for a request that the document does not know."""
    if operation == GENERATE:
        points: tuple[Point, ...] = _GENERATE
    elif operation == PICTURE:
        points = _PICTURE
    else:
        points = (*_READ, _BUSY) if operation == CHECK else _READ if operation else ()
    return {each.name: each for each in points}


_NAMES = sorted({name for operation in (GENERATE, PICTURE, CHECK) for name in points_of(operation)})


def parse_schedule(text: str) -> Schedule:
    """Return the schedule that a text names, as in "2.charged,3.reset"; "none" has no failures; raise ScheduleError."""
    if text.strip() == "none":
        return ()
    return tuple(sorted({_disaster(each.strip()) for each in text.split(",")}))


def show_schedule(schedule: Schedule) -> str:
    """Return the text that `parse_schedule` reads."""
    return ",".join(map(str, schedule)) or "none"


def _disaster(text: str) -> Disaster:
    match = _ABBREVIATION.fullmatch(text)
    if match is None:
        raise ScheduleError(f"{text[:50]!r} is not REQUEST.POINT, as in 2.charged")
    if match[2] not in _NAMES:
        raise ScheduleError(f"unknown point {match[2][:50]!r}; known: {', '.join(_NAMES)}")
    return Disaster(int(match[1]), match[2])

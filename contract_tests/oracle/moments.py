"""Whether images were created when their calls ran, by the clock of the service. Times are seconds since 1970."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

# A date in seconds may be one off, and so may a Date header; the clocks of a service's machines differ by a little.
_TOLERANCE_SECONDS = 5.0
# Without a Date header only the clock of this machine is known, and either clock may be minutes off.
_OWN_TOLERANCE_SECONDS = 15 * 60.0
# The widest time zones, UTC+14 and UTC-12, and a little more.
_MAX_ZONE_SECONDS = 14 * 3600 + 60.0
# Of several machines that make images, or between a generation's start and end.
_MAX_SPREAD_SECONDS = 60.0
# No engine of the documentation is older.
_FIRST_IMAGE = datetime(2021, 1, 1, tzinfo=UTC).timestamp()
_QUARTER_HOUR_SECONDS = 900

Judgement = Literal["right", "shifted", "senseless"]


@dataclass(frozen=True)
class Period:
    """The time in which an image was made. certain: whether by the clock of the service."""

    earliest: float
    latest: float
    certain: bool = True


@dataclass(frozen=True)
class Shift:
    """By how much `created_at` may be later than the image was made: each value in between explains it."""

    least: float
    most: float
    certain: bool = True

    @property
    def distance(self) -> float:
        """How far it is from none."""
        return max(self.least, -self.most, 0.0)


@dataclass(frozen=True)
class Result:
    """received: what the moments have in common, in words that are the same in every run."""

    judgement: Judgement
    received: str


def http_date(headers: Mapping[str, str]) -> datetime | None:
    """Return the Date of a reply, None without one that can be used."""
    try:
        date = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return date if date.tzinfo is not None and headers.get("age", "0").strip() in {"", "0"} else None


def period_of_call(headers: Mapping[str, str], sent_at: float, seconds: float) -> Period:
    """Return when a call ran, by its Date. sent_at: by the clock of this machine, used without a Date."""
    date = http_date(headers)
    if date is None:
        return Period(sent_at - _OWN_TOLERANCE_SECONDS, sent_at + seconds + _OWN_TOLERANCE_SECONDS, certain=False)
    # A server may set the header when a request arrives or when the reply leaves.
    return _widened(date.timestamp() - seconds, date.timestamp() + seconds)


def period_between(start: datetime, end: datetime) -> Period:
    """Return the period between two instants of the clock by which images are made."""
    return _widened(start.timestamp(), end.timestamp())


def past_of(headers: Mapping[str, str]) -> Period | None:
    """Return the period in which the images of a list were made, by this run or before; None without a Date."""
    date = http_date(headers)
    return None if date is None else _widened(_FIRST_IMAGE, date.timestamp())


def moment_of(created_at: object) -> datetime | None:
    """Return `created_at` as an instant, None if it is none."""
    try:
        moment = datetime.fromisoformat(str(created_at))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def shift_of(moment: datetime, period: Period) -> Shift:
    created = moment.timestamp()
    return Shift(created - period.latest, created - period.earliest, period.certain)


def judge_shifts(shifts: Sequence[Shift]) -> Result:
    """Return whether images were created when they were made, or when by the clock of another time zone."""
    # The clock of this machine says nothing that the service contradicts.
    known = [each for each in shifts if each.certain] or shifts
    if not any(each.distance for each in known):
        return Result("right", "it")
    least, most = max(each.least for each in known), min(each.most for each in known)
    if least > most + _MAX_SPREAD_SECONDS:
        return _senseless("a moment that is off by another time for each image", known)
    nearest = min(max(0.0, least), most) if least <= most else (least + most) / 2
    if abs(nearest) > _MAX_ZONE_SECONDS:
        return _senseless("a moment that is off by more than any time zone", known)
    return Result("shifted", f"a moment that is {_hours(nearest)}")


def _senseless(received: str, shifts: Iterable[Shift]) -> Result:
    return Result("senseless" if all(each.certain for each in shifts) else "shifted", received)


def _hours(seconds: float) -> str:
    """Return a shift in words, rounded as time zones are."""
    quarters = math.floor(abs(seconds) / _QUARTER_HOUR_SECONDS + 0.5)
    size = f"{quarters / 4:g} h" if quarters else "less than a quarter of an hour"
    return f"{size} too {'late' if seconds > 0 else 'early'}"


def _widened(earliest: float, latest: float) -> Period:
    return Period(earliest - _TOLERANCE_SECONDS, latest + _TOLERANCE_SECONDS)

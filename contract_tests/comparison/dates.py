"""When images were made: the form of the dates, and their distances from the calls and from each other."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.comparison.difference import Difference, Pair
from contract_tests.comparison.forms import date_form, instant, plain

# A date in whole seconds may be one off, on either side.
_TOLERANCE_SECONDS = 2.5
# A time zone shifts a date by quarters of an hour, up to UTC+14; any other distance is that of two clocks.
_ZONE_STEP_SECONDS = 900
_MAX_ZONE_SECONDS = 14 * 3600
_CLOCK_TOLERANCE_SECONDS = 60.0
_SENSELESS = "a date"


@dataclass(frozen=True)
class _Lag:
    """How long after its call an image is dated, on both sides; the longer of both durations."""

    recorded: float
    reissued: float
    seconds: float


class Dates:
    """recorded, reissued: when either side began, in seconds since 1970."""

    def __init__(self, recorded: float, reissued: float) -> None:
        self._recorded, self._reissued = recorded, reissued
        self._made: dict[Hashable, Pair] = {}
        self._judged: set[Hashable] = set()
        # By account, since the accounts of a mock have clocks of their own.
        self._first: dict[str, _Lag] = {}

    def made(self, id_: Any, pair: Pair) -> None:
        """Note the generation that made an image."""
        self._made[plain(id_)] = pair

    def compare(
        self, pair: Pair, index: int, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Iterator[Difference]:
        """Yield the differences between the dates of an image in recent-images."""
        old, new = before.get("created_at"), after.get("created_at")
        if not isinstance(old, str) or not isinstance(new, str):
            return
        forms, place = (date_form(old), date_form(new)), ("json", index, "created_at")
        if forms[0] is None or forms[1] is None:
            if forms[0] is not forms[1]:
                yield pair.differs("form", *(_SENSELESS if form else "another text" for form in forms), *place)
            return
        if not forms[0].fits(forms[1]):
            yield pair.differs("form", str(forms[0]), str(forms[1]), *place)
        yield from self._distances(pair, place, plain(before.get("id")), instant(old), instant(new))

    def _distances(
        self, pair: Pair, place: tuple[str | int, ...], id_: Hashable, old: float | None, new: float | None
    ) -> Iterator[Difference]:
        by = self._made.get(id_)
        if by is None or old is None or new is None or id_ in self._judged:
            return
        self._judged.add(id_)
        lag = _Lag(
            old - self._recorded - by.recorded.received,
            new - self._reissued - by.reissued.received,
            max(by.recorded.received - by.recorded.sent, by.reissued.received - by.reissued.sent),
        )
        first = self._first.setdefault(pair.recorded.role, lag)
        if first is lag:
            if _is_zone(lag.recorded - lag.reissued):
                yield pair.differs("distance", _after(lag.recorded), _after(lag.reissued), *place)
            return
        drift = (lag.recorded - first.recorded) - (lag.reissued - first.reissued)
        # A service may date an image by the start or by the end of its generation.
        if abs(drift) > _TOLERANCE_SECONDS + max(lag.seconds, first.seconds):
            yield pair.differs("distance", _after(lag.recorded), _after(lag.reissued), *place)


def _is_zone(seconds: float) -> bool:
    """Return whether a distance is the shift of a time zone."""
    steps = round(abs(seconds) / _ZONE_STEP_SECONDS)
    off = abs(abs(seconds) - steps * _ZONE_STEP_SECONDS)
    return 0 < steps * _ZONE_STEP_SECONDS <= _MAX_ZONE_SECONDS and off <= _CLOCK_TOLERANCE_SECONDS


def _after(seconds: float) -> str:
    return f"{abs(seconds):.0f} s {'after' if seconds >= 0 else 'before'} the reply"

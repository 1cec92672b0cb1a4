"""The times of images against those of their calls."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, strategies

from contract_tests.oracle.moments import (
    Period,
    http_date,
    judge_shifts,
    moment_of,
    past_of,
    period_between,
    period_of_call,
    shift_of,
)

NOON = datetime(2026, 2, 26, 12, tzinfo=UTC)
DATE = {"date": format_datetime(NOON, usegmt=True)}
OWN_CLOCK = NOON.timestamp() + 7200  # of this machine, which may be wrong
LENGTHS = strategies.floats(0, 120)


def judged(*offsets: timedelta, seconds: float = 1.0, headers: dict[str, str] | None = None) -> tuple[str, str]:
    period = period_of_call(DATE if headers is None else headers, NOON.timestamp(), seconds)
    result = judge_shifts([shift_of(NOON + offset, period) for offset in offsets])
    return result.judgement, result.received


@given(LENGTHS, strategies.floats(0, 1), strategies.floats(-3, 3), strategies.booleans())
def test_any_moment_of_the_call_is_right(length: float, part: float, skew: float, dated_early: bool) -> None:
    """Wherever in the call the row was written and the header made, with clocks that are a little apart."""
    start = NOON + timedelta(seconds=0.4)
    date = (start if dated_early else start + timedelta(seconds=length)).replace(microsecond=0)
    period = period_of_call({"date": format_datetime(date, usegmt=True)}, OWN_CLOCK, length)
    created = start + timedelta(seconds=length * part + skew)
    assert judge_shifts([shift_of(created.replace(microsecond=0), period)]).judgement == "right"


@given(
    strategies.integers(-12 * 4, 14 * 4).filter(bool),
    strategies.lists(strategies.tuples(LENGTHS, strategies.floats(0, 1)), min_size=1, max_size=10),
)
def test_the_time_of_another_zone_is_a_shift_and_never_senseless(
    quarters: int, calls: list[tuple[float, float]]
) -> None:
    zone = timedelta(minutes=15 * quarters)
    shifts = [
        shift_of(NOON - timedelta(seconds=length * (1 - part)) + zone, period_of_call(DATE, OWN_CLOCK, length))
        for length, part in calls
    ]
    assert judge_shifts(shifts).judgement == "shifted"


@pytest.mark.parametrize(
    ("offset", "received"),
    [
        (timedelta(hours=2), "a moment that is 2 h too late"),
        (timedelta(hours=-9.5), "a moment that is 9.5 h too early"),
        (timedelta(minutes=3), "a moment that is less than a quarter of an hour too late"),
    ],
)
def test_a_shift_is_named(offset: timedelta, received: str) -> None:
    assert judged(offset, offset) == ("shifted", received)


@pytest.mark.parametrize("days", [1, -1, 31, -365, -20_000, 9_000])
def test_a_moment_beyond_any_time_zone_is_senseless(days: int) -> None:
    assert judged(timedelta(days=days)) == ("senseless", "a moment that is off by more than any time zone")


def test_moments_that_are_off_by_different_times_are_senseless() -> None:
    received = "a moment that is off by another time for each image"
    assert judged(timedelta(hours=1), timedelta(hours=2)) == ("senseless", received)
    assert judged(timedelta(0), timedelta(hours=3)) == ("senseless", received)
    # The clocks of two machines may be apart.
    assert judged(timedelta(0), timedelta(seconds=40))[0] == "shifted"


@pytest.mark.parametrize("headers", [{}, {"date": ""}, {"date": "yesterday"}, {**DATE, "age": "30"}])
def test_without_a_date_nothing_is_senseless(headers: dict[str, str]) -> None:
    assert http_date(headers) is None
    assert judged(timedelta(minutes=10), headers=headers)[0] == "right"
    assert judged(timedelta(hours=2), headers=headers)[0] == "shifted"
    assert judged(timedelta(days=900), headers=headers)[0] == "shifted"
    assert past_of(headers) is None


def test_a_call_with_a_date_counts_more_than_those_without() -> None:
    dated, undated = period_of_call(DATE, OWN_CLOCK, 1), period_of_call({}, OWN_CLOCK, 1)
    assert judge_shifts([shift_of(NOON, dated), shift_of(NOON, undated)]).judgement == "right"


def test_the_past_is_before_the_reply_and_after_the_first_engine() -> None:
    period = past_of({**DATE, "age": "0"})
    assert period
    for moment, judgement in (
        (NOON - timedelta(days=300), "right"),
        (NOON, "right"),
        (NOON + timedelta(hours=2), "shifted"),
        (NOON + timedelta(days=2), "senseless"),
        (datetime(1970, 1, 1, tzinfo=UTC), "senseless"),
    ):
        assert judge_shifts([shift_of(moment, period)]).judgement == judgement


def test_the_clock_of_an_account_gives_the_exact_period() -> None:
    period = period_between(NOON, NOON + timedelta(seconds=2))
    assert period.certain
    assert isinstance(period, Period)
    assert judge_shifts([shift_of(NOON + timedelta(seconds=1), period)]).judgement == "right"
    assert judge_shifts([shift_of(NOON + timedelta(minutes=1), period)]).judgement == "shifted"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-02-26T12:00:00Z", NOON),
        ("2026-02-26T12:00:00.000000Z", NOON),
        ("2026-02-26T17:30:00+05:30", NOON),
        ("2026-02-26T12:00:00", None),
        ("2026-02-26", None),
        ("yesterday", None),
        (1772107200, None),
        (None, None),
    ],
)
def test_a_moment_has_a_zone(text: object, moment: datetime | None) -> None:
    assert moment_of(text) == moment


@given(strategies.text())
def test_any_text_is_a_moment_or_none(text: str) -> None:
    moment = moment_of(text)
    assert moment is None or moment.tzinfo is not None


@given(strategies.text())
def test_any_header_is_a_date_or_none(text: str) -> None:
    date = http_date({"date": text})
    assert date is None or date.tzinfo is not None

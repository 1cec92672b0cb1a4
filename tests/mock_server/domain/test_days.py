"""The instant at which the daily allowance resets."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mock_server.domain.clock import DAY, SECOND, from_iso, to_iso
from mock_server.domain.days import day, next_day
from support.clocks import START
from support.sandbox import BEHAVIOUR

TIMES = st.times().map(lambda time: f"{time.hour:02}:{time.minute:02}")
INSTANTS = st.integers(0, 250_000_000_000 * SECOND)


@pytest.mark.parametrize(
    ("daily_reset", "begins"),
    [
        ("00:00", "2026-02-27T00:00:00Z"),
        ("06:30", "2026-02-27T06:30:00Z"),
        ("10:00", "2026-02-27T10:00:00Z"),
        ("10:01", "2026-02-26T10:01:00Z"),
        ("23:59", "2026-02-26T23:59:00Z"),
    ],
)
def test_the_next_day_begins_at_the_configured_time(daily_reset: str, begins: str) -> None:
    assert to_iso(next_day(START, replace(BEHAVIOUR, daily_reset=daily_reset))) == begins


@pytest.mark.parametrize("daily_reset", ["00:00", "06:30", "23:59"])
def test_the_day_changes_exactly_at_the_reset(daily_reset: str) -> None:
    behaviour = replace(BEHAVIOUR, daily_reset=daily_reset)
    turns = from_iso(f"2026-02-26T{daily_reset}:00Z")
    assert day(turns, behaviour) == day(turns - 1, behaviour) + 1
    assert next_day(turns - 1, behaviour) == turns
    assert next_day(turns, behaviour) == turns + DAY


@given(INSTANTS, TIMES)
def test_a_day_is_identified_by_the_date_on_which_it_begins(instant: int, daily_reset: str) -> None:
    behaviour = replace(BEHAVIOUR, daily_reset=daily_reset)
    hours, minutes = map(int, daily_reset.split(":"))
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    begun = epoch + timedelta(microseconds=instant) - timedelta(hours=hours, minutes=minutes)
    assert day(instant, behaviour) == (begun.date() - epoch.date()).days


@given(INSTANTS, TIMES)
def test_the_next_day_begins_within_a_day_and_has_the_next_number(instant: int, daily_reset: str) -> None:
    behaviour = replace(BEHAVIOUR, daily_reset=daily_reset)
    begins = next_day(instant, behaviour)
    assert instant < begins <= instant + DAY
    assert day(begins, behaviour) == day(instant, behaviour) + 1

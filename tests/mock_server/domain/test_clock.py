"""Instants, their ISO 8601 texts, and the real clock."""

import asyncio
import sys
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain import clock
from mock_server.domain.clock import DAY, LATEST, SECOND, RealClock, checked, from_iso, seconds, to_iso
from support.clocks import START

TIMESTAMPS = st.datetimes(datetime(1970, 1, 1), datetime(8999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
INSTANTS = st.integers(0, LATEST - 1)


@given(INSTANTS)
def test_an_instant_survives_a_round_trip(instant: int) -> None:
    assert from_iso(to_iso(instant, "microseconds")) == instant


@given(INSTANTS)
def test_an_instant_is_rounded_down_to_the_second(instant: int) -> None:
    text = to_iso(instant)
    assert len(text) == len("2026-02-26T10:00:00Z")
    assert from_iso(text) == instant // SECOND * SECOND


@given(TIMESTAMPS)
def test_a_timestamp_is_read_to_the_microsecond(timestamp: datetime) -> None:
    assert (
        from_iso(timestamp.isoformat()) - from_iso(timestamp.replace(microsecond=0).isoformat())
        == timestamp.microsecond
    )


def test_the_epoch_is_zero() -> None:
    assert from_iso("1970-01-01T00:00:00Z") == 0


def test_a_known_instant_is_read_and_written() -> None:
    assert from_iso("2026-02-26T10:00:00Z") == 1_772_100_000 * SECOND
    assert to_iso(1_772_100_000 * SECOND) == "2026-02-26T10:00:00Z"


def test_a_time_zone_is_converted_to_utc() -> None:
    assert from_iso("2026-02-26T12:30:00+02:30") == START


def test_a_day_begins_at_midnight_utc() -> None:
    assert to_iso(START // DAY * DAY) == "2026-02-26T00:00:00Z"


@pytest.mark.parametrize("text", ["2026-02-26T10:00:00", "2026-02-26"])
def test_an_instant_without_a_time_zone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a time zone is missing"):
        from_iso(text)


@pytest.mark.parametrize("text", ["", "now", "2026-13-01T00:00:00Z", "1772100000"])
def test_an_invalid_timestamp_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_iso(text)


@pytest.mark.parametrize(
    "text",
    ["1969-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "9999-01-01T00:00:00Z", "9999-12-31T23:59:59.999999-14:00"],
)
def test_an_instant_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="before 1970 or after 8999"):
        from_iso(text)


def test_the_first_and_the_last_instant_are_in_range() -> None:
    assert to_iso(checked(0)) == "1970-01-01T00:00:00Z"
    assert to_iso(checked(LATEST - 1), "microseconds") == "8999-12-31T23:59:59.999999Z"
    assert to_iso(LATEST + 300 * DAY).startswith("9000")
    for instant in (-1, LATEST):
        with pytest.raises(ValueError, match="before 1970 or after 8999"):
            checked(instant)


@pytest.mark.parametrize(
    ("timespec", "text"),
    [
        ("seconds", "2026-02-26T10:00:00Z"),
        ("milliseconds", "2026-02-26T10:00:00.001Z"),
        ("microseconds", "2026-02-26T10:00:00.001999Z"),
    ],
)
def test_an_instant_is_written_with_the_requested_precision(timespec: str, text: str) -> None:
    assert to_iso(START + 1999, timespec) == text


@pytest.mark.parametrize(
    ("number", "microseconds"),
    [(0, 0), (1, 1_000_000), (0.1, 100_000), (0.000_001, 1), (0.000_000_4, 0), (0.000_000_6, 1), (2.675, 2_675_000)],
)
def test_seconds_are_rounded_to_the_microsecond(number: float, microseconds: int) -> None:
    assert seconds(number) == microseconds


@given(st.integers(0, 10**12))
def test_a_whole_number_of_microseconds_is_exact(microseconds: int) -> None:
    assert seconds(microseconds / SECOND) == microseconds


class FakeTime:
    """The two clocks of a machine, in nanoseconds."""

    wall = 1_772_100_000 * 10**9
    elapsed = 5_000

    def clock(self) -> RealClock:
        return RealClock(lambda: self.wall, lambda: self.elapsed)


def test_the_real_clock_starts_at_the_time_of_the_wall_clock() -> None:
    assert FakeTime().clock().now() == START


def test_the_real_clock_follows_the_time_that_elapses() -> None:
    fake = FakeTime()
    real = fake.clock()
    fake.elapsed += 3 * 10**9
    assert real.now() == START + 3 * SECOND


@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
def test_the_real_clock_ignores_a_wall_clock_that_is_set(hours: int) -> None:
    fake = FakeTime()
    real = fake.clock()
    fake.wall += hours * 3600 * 10**9
    assert real.now() == START


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other clocks")
def test_the_time_of_a_suspend_counts() -> None:
    """clock_gettime(2), CLOCK_BOOTTIME: it also includes any time that the system is suspended."""
    before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    assert before <= clock._elapsed_ns() <= time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    assert getattr(clock._elapsed_ns, "args", None) == (time.CLOCK_BOOTTIME,)


def test_a_wait_ends_soon_after_a_suspend(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the loop stops during a suspend, so that one long sleep would end as much too late."""
    fake = FakeTime()
    slept: list[float] = []

    async def sleep(number: float) -> None:
        slept.append(number)
        fake.elapsed += 8 * 3600 * 10**9  # the machine is suspended during the first step

    monkeypatch.setattr(asyncio, "sleep", sleep)
    real = fake.clock()
    asyncio.run(real.sleep_until(real.now() + 3600 * SECOND))
    assert slept == [1]


def test_the_real_clock_never_runs_backwards() -> None:
    real = RealClock()
    readings = [real.now() for _ in range(1000)]
    assert readings == sorted(readings)


def test_the_real_clock_does_not_wake_before_the_instant() -> None:
    async def overslept() -> int:
        real = RealClock()
        due = real.now() + seconds(0.01)
        await real.sleep_until(due)
        return real.now() - due

    assert 0 <= asyncio.run(overslept()) < 5 * SECOND


def test_an_instant_in_the_past_needs_no_wait() -> None:
    async def waits() -> bool:
        real = RealClock()
        sleep = asyncio.ensure_future(real.sleep_until(real.now() - DAY))
        await asyncio.sleep(0)
        return not sleep.done()

    assert not asyncio.run(waits())

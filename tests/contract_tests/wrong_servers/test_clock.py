"""The time of one account."""

import time
from collections.abc import Callable
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.wrong_servers.clock import DAY, Clock, instant_of, stamp
from contract_tests.wrong_servers.pace import Pace
from support.examples import examples

NOON = 1_772_100_000_000


class Given(Pace):
    """A pace whose present instant is given."""

    def __init__(self, wall_ms: Callable[[], int]) -> None:
        super().__init__()
        self._wall_ms = wall_ms

    def wall_ms(self) -> int:
        return self._wall_ms()


def frozen() -> Clock:
    clock = Clock(Given(lambda: NOON))
    clock.freeze()
    return clock


def wait_for(clock: Clock, instant: int, seen: list[tuple[int, int]]) -> Thread:
    """Start a thread that records the time at which it is woken."""

    def work() -> None:
        with clock.reached(instant):
            seen.append((instant, clock.now()))

    thread = Thread(target=work)
    thread.start()
    return thread


@settings(max_examples=examples(25), deadline=None)
@given(delays=st.lists(st.integers(1, 100), min_size=1, max_size=5), moves=st.lists(st.integers(0, 60), max_size=4))
def test_waiting_threads_are_woken_in_order_each_at_its_instant(delays: list[int], moves: list[int]) -> None:
    clock, seen = frozen(), list[tuple[int, int]]()
    threads = [wait_for(clock, NOON + delay, seen) for delay in delays]
    while len(clock.awaited) < len(delays):
        time.sleep(0.001)
    for number, move in enumerate(moves):
        clock.move_to(clock.now() + move)
        due = sorted(NOON + delay for delay in delays if NOON + delay <= clock.now())
        assert sorted(instant for instant, _ in seen) == due
        assert clock.now() == NOON + sum(moves[: number + 1])
    clock.move_to(NOON + 1000)
    for thread in threads:
        thread.join()
    assert [instant for instant, _ in seen] == sorted(NOON + delay for delay in delays)
    assert all(instant == now for instant, now in seen)


def test_a_frozen_clock_stops_until_it_runs() -> None:
    source = iter(range(NOON, NOON + 100))
    clock = Clock(Given(lambda: next(source)))
    clock.freeze()
    assert clock.now() == clock.now() == NOON
    clock.run()
    assert clock.now() > NOON


def test_a_running_clock_continues_from_the_time_that_was_set() -> None:
    times = [NOON]
    clock = Clock(Given(lambda: times[0]))
    clock.move_to(NOON + DAY)
    times[0] += 5
    assert clock.now() == NOON + DAY + 5


@given(st.integers(0, 4_000_000_000_000))
def test_a_timestamp_survives_a_round_trip(instant: int) -> None:
    assert instant_of(stamp(instant)) == instant


def test_a_time_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        instant_of("2026-02-26T10:00:00")

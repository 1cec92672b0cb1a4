"""A clock that follows the clock of another machine."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.clock import SECOND
from mock_server.stores.redis.clock import FollowingClock
from support.clocks import START, SteppedClock


def advanced(own: SteppedClock, number: float) -> None:
    asyncio.run(own.advance(number))


def test_before_any_reply_it_shows_the_time_of_this_machine() -> None:
    assert FollowingClock(SteppedClock()).now() == START


def test_it_continues_from_the_time_in_the_last_reply() -> None:
    own = SteppedClock()
    clock = FollowingClock(own)
    clock.follow(START + 5 * SECOND, sent=own.now())
    assert clock.now() == START + 5 * SECOND
    advanced(own, 2)
    assert clock.now() == START + 7 * SECOND


def test_its_error_is_at_most_the_time_that_the_reply_took() -> None:
    own = SteppedClock()
    clock = FollowingClock(own)
    advanced(own, 1)
    clock.follow(START + 10 * SECOND, sent=START)
    assert START + 10 * SECOND <= clock.now() <= START + 11 * SECOND


def test_a_reply_that_is_consistent_with_it_changes_nothing() -> None:
    own = SteppedClock()
    clock = FollowingClock(own)
    advanced(own, 1)
    clock.follow(START + SECOND // 2, sent=START)
    assert clock.now() == START + SECOND


def test_it_is_strictly_monotonic() -> None:
    own = SteppedClock()
    clock = FollowingClock(own)
    first = clock.now()
    clock.follow(START - 5 * SECOND, sent=own.now())
    second = clock.now()
    assert first < second <= START + 1
    advanced(own, 6)
    assert clock.now() == START + SECOND


def test_a_sleep_ends_when_the_remote_clock_shows_the_time() -> None:
    own = SteppedClock()
    clock = FollowingClock(own)
    clock.follow(START - 5 * SECOND, sent=own.now())

    async def scenario() -> bool:
        sleeping = asyncio.ensure_future(clock.sleep_until(START))
        await own.sleepers(1)
        await own.advance(4.9)
        too_early = sleeping.done()
        await own.advance(0.1)
        await sleeping
        return too_early

    assert asyncio.run(scenario()) is False


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(-(10**7), 10**7)), max_size=20))
def test_it_never_runs_backwards(replies: list[tuple[int, int, int]]) -> None:
    own = SteppedClock()
    clock = FollowingClock(own)
    seen = [clock.now()]
    for before, took, skew in replies:
        advanced(own, before / SECOND)
        sent = own.now()
        advanced(own, took / SECOND)
        clock.follow(sent + took // 2 + skew, sent)
        seen.append(clock.now())
    assert seen == sorted(set(seen))

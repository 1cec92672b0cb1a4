"""Rate limits, in fixed windows of the world's clock."""

from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.clock import DAY, Instant
from mock_server.domain.rates import MINUTE, PLANS, count_call, next_minute
from mock_server.domain.world import World
from support.clocks import START
from support.mock import behaviour

STARTER = behaviour(rate_limit="starter")
NEW = World("w", 1, 0, 0)


def called(*instants: Instant) -> list[Instant]:
    """Return the instants of the calls that are allowed."""
    world, allowed = NEW, []
    for instant in instants:
        world, rate = count_call(world, instant, STARTER)
        if rate.refusal is None:
            allowed.append(instant)
        else:
            assert (rate.remaining, rate.refusal.ends_at) == (0, rate.resets_at)
            assert instant < rate.resets_at
    return allowed


@given(st.lists(st.integers(0, 3 * MINUTE), max_size=250).map(sorted))
def test_no_minute_has_more_calls_than_the_plan_allows(offsets: list[int]) -> None:
    instants = [START + each for each in offsets]
    allowed = called(*instants)
    for minute in {instant // MINUTE for instant in instants}:
        sent = sum(instant // MINUTE == minute for instant in instants)
        assert sum(instant // MINUTE == minute for instant in allowed) == min(sent, PLANS["starter"].a_minute)


def test_a_refused_call_is_not_counted() -> None:
    world = NEW
    for _ in range(100):
        world, rate = count_call(world, START, STARTER)
    assert rate.refusal
    assert world.calls
    assert (world.calls.in_minute, world.calls.in_day) == (60, 60)


def test_a_day_has_a_limit_of_its_own() -> None:
    midnight = START // DAY * DAY
    evening = [midnight + minute * MINUTE for minute in range(20) for _ in range(60)]
    assert len(called(*evening)) == 1_000
    assert len(called(*evening, midnight + DAY)) == 1_001


def test_a_call_at_the_next_minute_passes() -> None:
    instants = [START + 1] * 61
    assert len(called(*instants, next_minute(START + 1) - 1)) == 60
    assert len(called(*instants, next_minute(START + 1))) == 61
    assert next_minute(START // MINUTE * MINUTE) % MINUTE == 0

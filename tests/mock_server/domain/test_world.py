"""A world as it is at an instant: what has expired is gone, what has not is kept."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.clock import DAY
from mock_server.domain.world import Generation, Lock, Order, World
from support.clocks import START

MIDNIGHT = (START // DAY + 1) * DAY
SOME_ORDER = Order("dall-e", "a fox", 1, 64, 64, "hd")


def running(lapses: int, name: str = "one") -> Generation:
    return Generation(name, SOME_ORDER, credits=1, allowance=1, ends=lapses - 5, lapses=lapses)


def test_a_lock_is_held_until_a_microsecond_before_it_expires(world: World) -> None:
    lock = Lock("me", START)
    assert replace(world, lock=lock).settled(START - 1).lock == lock


@pytest.mark.parametrize("late", [0, 1, DAY])
def test_a_lock_is_free_at_the_very_instant_it_expires(world: World, late: int) -> None:
    assert replace(world, lock=Lock("me", START)).settled(START + late).lock is None


@pytest.mark.parametrize("late", [0, 1, 1000 * DAY])
def test_a_lock_for_ever_is_held_for_ever(world: World, late: int) -> None:
    assert replace(world, lock=Lock("me", None)).settled(START + late).lock == Lock("me", None)


def test_the_days_images_are_counted_until_a_microsecond_before_midnight(world: World) -> None:
    assert replace(world, used=7).settled(MIDNIGHT - 1).used == 7


def test_the_count_starts_again_at_midnight(world: World) -> None:
    settled = replace(world, used=7).settled(MIDNIGHT)
    assert (settled.used, settled.day) == (0, MIDNIGHT // DAY)


def test_a_count_of_days_ago_is_no_count_of_today(world: World) -> None:
    assert replace(world, used=7).settled(START + 40 * DAY).used == 0


def test_a_generation_keeps_its_reservation_until_it_lapses(world: World) -> None:
    busy = replace(world, running=(running(START),))
    assert busy.settled(START - 1).running == busy.running
    assert busy.settled(START).running == ()


def test_only_what_has_lapsed_goes(world: World) -> None:
    first, second = running(START, "first"), running(START + 1, "second")
    assert replace(world, running=(first, second)).settled(START).running == (second,)


def test_nothing_else_changes(world: World, order: Callable[[int], Order]) -> None:
    settled = replace(world, lock=Lock("me", START), used=3, running=(running(START),)).settled(MIDNIGHT)
    assert settled == replace(world, day=MIDNIGHT // DAY)


@given(
    until=st.none() | st.integers(START - 5, START + 5),
    lapses=st.lists(st.integers(START - 5, START + 5), max_size=3),
    used=st.integers(0, 9),
    now=st.integers(START - 5, START + 5) | st.integers(MIDNIGHT - 2, MIDNIGHT + 2),
)
def test_a_settled_world_is_settled(until: int | None, lapses: list[int], used: int, now: int) -> None:
    world = World(
        name="some",
        first_id=1,
        credits=1,
        daily_limit=9,
        day=START // DAY,
        used=used,
        lock=Lock("me", until),
        running=tuple(running(instant) for instant in lapses),
    )
    settled = world.settled(now)
    assert settled.settled(now) == settled
    assert (settled.lock is None) == (until is not None and until <= now)
    assert [each.lapses for each in settled.running] == [instant for instant in lapses if instant > now]

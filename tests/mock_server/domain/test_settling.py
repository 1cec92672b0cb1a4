"""Due events of a world are applied in order, each at its own instant, however late the world is read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mock_server.domain.clock import DAY, SECOND
from mock_server.domain.images import KEPT, recent
from mock_server.domain.settling import advance_to
from mock_server.domain.world import Generation, Lock, World
from support.clocks import START
from support.sandbox import BEHAVIOUR, LOCK, MIDNIGHT, Sandbox, fresh_world, order


def running(number: int, ends: int, **others: Any) -> Generation:
    """Return a running generation of one image."""
    return Generation(f"generation {number}", order(prompt=f"prompt {number}"), 1, 1, ends, ends, **others)


def test_a_microsecond_before_the_end_nothing_has_changed(sandbox: Sandbox) -> None:
    generation = sandbox.begin(3)
    before = sandbox.world
    assert sandbox.at(generation.ends - 1) == before


def test_a_generation_that_ends_is_charged_counted_and_recorded_and_releases_the_lock(sandbox: Sandbox) -> None:
    sandbox.begin(3)
    world = sandbox.after(2)
    assert (world.credits, world.used, world.made) == (7, 3, 3)
    assert (world.lock, world.running) == (None, ())
    assert [each.id for each in recent(world)] == [1003, 1002, 1001]


def test_a_generation_that_ends_is_charged_the_configured_price(sandbox: Sandbox) -> None:
    sandbox.behave(credits_per_image=4, daily_unit="requests")
    sandbox.begin(2)
    world = sandbox.after(2)
    assert (world.credits, world.used, world.made) == (2, 1, 2)


def test_a_failed_generation_is_refunded(sandbox: Sandbox) -> None:
    before = sandbox.world
    sandbox.begin(3, failure="The engine is down.")
    assert sandbox.after(2) == before


def test_images_are_created_at_the_end_even_if_the_world_is_read_later(sandbox: Sandbox) -> None:
    generation = sandbox.begin()
    assert sandbox.at(START + 9 * DAY).images[0].created_at == generation.ends


def test_image_numbers_continue_from_one_generation_to_the_next(sandbox: Sandbox) -> None:
    sandbox.begin(2)
    sandbox.after(2)
    sandbox.begin(1)
    assert [each.id for each in sandbox.after(2).images] == [1003, 1002, 1001]


def test_only_the_newest_images_are_kept(sandbox: Sandbox) -> None:
    sandbox.set(credits=500, daily_limit=500)
    for _ in range(11):
        sandbox.begin(10)
        sandbox.after(2)
    assert [each.id for each in sandbox.world.images] == list(range(1110, 1110 - KEPT, -1))
    assert sandbox.world.made == 110


def test_generations_end_in_the_order_of_their_ends_not_of_their_starts(sandbox: Sandbox) -> None:
    slow = sandbox.begin(seconds=14)
    sandbox.at(START + LOCK)
    quick = sandbox.begin(seconds=2)
    images = sandbox.after(60).images
    assert [(each.id, each.generation) for each in images] == [(1002, slow.id), (1001, quick.id)]


def test_generations_with_the_same_end_end_in_the_order_of_their_starts(sandbox: Sandbox) -> None:
    first = sandbox.begin(seconds=12)
    sandbox.at(START + LOCK)
    second = sandbox.begin(seconds=2)
    images = sandbox.after(2).images
    assert [each.generation for each in images] == [second.id, first.id]


def test_concurrent_generations_leave_no_negative_balance_when_any_credit_suffices(sandbox: Sandbox) -> None:
    sandbox.behave(credit_need="any")
    sandbox.begin(9, seconds=12)
    sandbox.at(START + LOCK)
    assert sandbox.begin(5).credits == 1
    world = sandbox.after(2)
    assert (world.credits, world.made) == (0, 14)


def test_a_balance_that_is_lowered_meanwhile_does_not_become_negative(sandbox: Sandbox) -> None:
    sandbox.begin(3)
    sandbox.set(credits=1)
    world = sandbox.after(2)
    assert (world.credits, world.made) == (0, 3)


def test_the_daily_count_resets_at_midnight(sandbox: Sandbox) -> None:
    sandbox.set(used=7)
    assert sandbox.at(MIDNIGHT - 1).used == 7
    world = sandbox.at(MIDNIGHT)
    assert (world.used, world.day) == (0, MIDNIGHT // DAY)


def test_a_count_of_an_earlier_day_does_not_count_today(sandbox: Sandbox) -> None:
    sandbox.set(used=7)
    assert sandbox.at(START + 40 * DAY).used == 0


def test_a_count_of_a_later_day_does_not_count_today(sandbox: Sandbox) -> None:
    sandbox.set(used=7)
    assert sandbox.at(START - DAY).used == 0


def test_a_generation_over_midnight_counts_for_the_day_it_ends_on(sandbox: Sandbox) -> None:
    sandbox.at(MIDNIGHT - SECOND)
    sandbox.set(used=18)
    sandbox.begin(2)
    world = sandbox.after(10)
    assert (world.day, world.used) == (MIDNIGHT // DAY, 2)


def test_a_generation_that_ended_yesterday_is_not_counted_today(sandbox: Sandbox) -> None:
    sandbox.at(MIDNIGHT - 3 * SECOND)
    sandbox.begin(2)
    world = sandbox.after(10)
    assert (world.used, world.made) == (0, 2)


def test_nothing_else_changes(sandbox: Sandbox) -> None:
    before = sandbox.world
    sandbox.set(lock=Lock("me", START), used=3, running=(running(1, START, failure="The engine is down."),), day=0)
    assert sandbox.at(START) == before


INSTANTS = st.integers(START - 5, START + 5) | st.integers(MIDNIGHT - 3, MIDNIGHT + 3)
WORLDS = st.builds(
    lambda until, ends, failures, used: fresh_world(
        used=used,
        lock=Lock("me", until),
        running=tuple(
            running(number, instant, failure="The engine is down." if number in failures else None)
            for number, instant in enumerate(ends)
        ),
    ),
    until=st.none() | INSTANTS,
    ends=st.lists(INSTANTS, max_size=4),
    failures=st.sets(st.integers(0, 3)),
    used=st.integers(0, 9),
)


@given(WORLDS, INSTANTS)
def test_advancing_twice_to_the_same_instant_is_idempotent(world: World, now: int) -> None:
    once = advance_to(world, now, BEHAVIOUR)
    assert advance_to(once, now, BEHAVIOUR) == once
    assert once.lock is None or once.lock.held(now)
    assert all(each.ends > now for each in once.running)


@given(WORLDS, st.lists(INSTANTS, min_size=1).map(sorted), st.sampled_from(["00:00", "06:30", "23:59"]))
def test_advancing_in_steps_equals_advancing_at_once(world: World, steps: list[int], daily_reset: str) -> None:
    behaviour = replace(BEHAVIOUR, daily_reset=daily_reset)
    stepwise = start = advance_to(world, START - 6, behaviour)
    for instant in steps:
        stepwise = advance_to(stepwise, instant, behaviour)
    assert stepwise == advance_to(start, steps[-1], behaviour)


@pytest.mark.parametrize("count", [1, 10])
def test_recorded_images_have_the_values_of_their_order(sandbox: Sandbox, count: int) -> None:
    generation = sandbox.begin(count)
    images = sandbox.after(2).images
    assert [each.generation for each in images] == [generation.id] * count
    assert {(each.prompt, each.width, each.height) for each in images} == {("a fox", 64, 64)}

"""When a fault strikes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mock_server.domain.faults import strikes
from mock_server.domain.world import FaultPlan, World
from support.sandbox import fresh_world

ONE, OTHER = "generateImage", "getRecentImages"


def plan(fault: str = "slow", operations: tuple[str, ...] = (ONE,), **others: Any) -> FaultPlan:
    return FaultPlan(fault, operations, **others)


def struck(world: World, *operations: str, seed: int = 0) -> list[tuple[str, ...]]:
    """Return the names of the faults that strike each of some requests."""
    found = []
    for operation in operations:
        world, hits = strikes(world, operation, seed)
        found.append(tuple(each.fault for each in hits))
    return found


def hits(requests: int, seed: int = 0, **others: Any) -> list[bool]:
    """Return which of so many requests a fault strikes."""
    return [bool(each) for each in struck(fresh_world(faults=(plan(**others),)), *[ONE] * requests, seed=seed)]


def test_nothing_strikes_where_nothing_is_switched_on() -> None:
    world = fresh_world()
    assert strikes(world, ONE, 0) == (world, ())


def test_a_fault_strikes_every_request_unless_something_else_is_said() -> None:
    assert hits(5) == [True] * 5


def test_a_fault_brings_its_parameters() -> None:
    _, (strike,) = strikes(fresh_world(faults=(plan(parameters={"seconds": 3}),)), ONE, 0)
    assert (strike.fault, strike.parameters) == ("slow", {"seconds": 3})


def test_a_fault_strikes_only_the_operations_that_it_is_meant_for() -> None:
    world = fresh_world(faults=(plan("slow"), plan("broken", (ONE, OTHER))))
    assert struck(world, ONE, OTHER, "getVersions") == [("slow", "broken"), ("broken",), ()]


def test_requests_for_other_operations_are_not_counted() -> None:
    world = fresh_world(faults=(plan(after=1, times=1),))
    assert struck(world, OTHER, ONE, OTHER, ONE, OTHER, ONE) == [(), (), (), ("slow",), (), ()]


def test_a_request_for_another_operation_changes_nothing() -> None:
    world = fresh_world(faults=(plan(),))
    assert strikes(world, OTHER, 0) == (world, ())


def test_it_is_counted_how_many_there_have_been_and_how_many_were_struck() -> None:
    world = fresh_world(faults=(plan(after=1, times=2),))
    for _ in range(5):
        world, _ = strikes(world, ONE, 0)
    assert [(each.seen, each.struck) for each in world.faults] == [(5, 2)]


def test_nothing_else_of_a_world_changes() -> None:
    world = fresh_world(faults=(plan(),))
    after, _ = strikes(world, ONE, 0)
    assert replace(after, faults=world.faults) == world


@given(st.integers(0, 6), st.none() | st.integers(0, 6), st.integers(0, 15))
def test_a_fault_spares_so_many_requests_then_strikes_so_often(after: int, times: int | None, requests: int) -> None:
    expected = [number >= after and (times is None or number < after + times) for number in range(requests)]
    assert hits(requests, after=after, times=times) == expected


@given(st.integers())
def test_a_fault_without_probability_never_strikes_and_a_certain_one_always_does(seed: int) -> None:
    assert hits(20, seed=seed, probability=0) == [False] * 20
    assert hits(20, seed=seed, probability=1) == [True] * 20


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_a_fault_strikes_about_as_often_as_is_likely(probability: float, seed: int) -> None:
    rate = sum(hits(2000, seed=seed, probability=probability)) / 2000
    assert abs(rate - probability) < 0.05


def test_what_strikes_is_the_same_in_every_run_and_another_with_another_seed() -> None:
    runs = [tuple(hits(40, seed=seed, probability=0.5)) for seed in (3, 3, 4)]
    assert runs[0] == runs[1] != runs[2]


def test_an_unlikely_fault_strikes_no_oftener_than_it_may() -> None:
    assert sum(hits(200, times=3, probability=0.5)) == 3


def test_faults_of_a_world_and_of_other_worlds_are_independent_of_each_other() -> None:
    plans = (plan("slow", probability=0.5), plan("broken", probability=0.5))
    worlds = [fresh_world(faults=plans), fresh_world(name="fedcba9876543210", faults=plans)]
    rows = []
    for world in worlds:
        found = struck(world, *[ONE] * 100)
        rows += [tuple(name in each for each in found) for name in ("slow", "broken")]
    assert len(set(rows)) == 4
    assert all(25 < sum(row) < 75 for row in rows)


def test_the_chance_of_a_strike_is_its_own() -> None:
    world = fresh_world(faults=(plan(), plan()))
    chances = []
    for _ in range(3):
        world, found = strikes(world, ONE, 0)
        chances += [each.chance for each in found]
    assert len(set(chances)) == 6

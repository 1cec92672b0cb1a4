"""The faults that apply to a request."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mock_server.domain.faults import select_faults
from mock_server.domain.world import FaultPlan, World
from support.sandbox import fresh_world

ONE, OTHER = "generateImage", "getRecentImages"


def plan(fault: str = "slow", operations: tuple[str, ...] = (ONE,), **others: Any) -> FaultPlan:
    return FaultPlan(fault, operations, **others)


def applied(world: World, *operations: str, seed: int = 0) -> list[tuple[str, ...]]:
    """Return the names of the faults that apply to each of several requests."""
    found = []
    for operation in operations:
        world, hits = select_faults(world, operation, seed)
        found.append(tuple(each.fault for each in hits))
    return found


def hits(requests: int, seed: int = 0, **others: Any) -> list[bool]:
    """Return to which of a number of requests a fault applies."""
    return [bool(each) for each in applied(fresh_world(faults=(plan(**others),)), *[ONE] * requests, seed=seed)]


def test_no_fault_applies_if_none_is_active() -> None:
    world = fresh_world()
    assert select_faults(world, ONE, 0) == (world, ())


def test_a_fault_applies_to_every_request_by_default() -> None:
    assert hits(5) == [True] * 5


def test_a_fault_has_its_parameters() -> None:
    _, (selected,) = select_faults(fresh_world(faults=(plan(parameters={"seconds": 3}),)), ONE, 0)
    assert (selected.fault, selected.parameters) == ("slow", {"seconds": 3})


def test_a_fault_applies_to_its_operations_only() -> None:
    world = fresh_world(faults=(plan("slow"), plan("broken", (ONE, OTHER))))
    assert applied(world, ONE, OTHER, "getVersions") == [("slow", "broken"), ("broken",), ()]


def test_requests_for_other_operations_are_not_counted() -> None:
    world = fresh_world(faults=(plan(after=1, times=1),))
    assert applied(world, OTHER, ONE, OTHER, ONE, OTHER, ONE) == [(), (), (), ("slow",), (), ()]


def test_a_request_for_another_operation_changes_nothing() -> None:
    world = fresh_world(faults=(plan(),))
    assert select_faults(world, OTHER, 0) == (world, ())


def test_requests_and_applications_are_counted() -> None:
    world = fresh_world(faults=(plan(after=1, times=2),))
    for _ in range(5):
        world, _ = select_faults(world, ONE, 0)
    assert [(each.seen, each.applied) for each in world.faults] == [(5, 2)]


def test_nothing_else_of_a_world_changes() -> None:
    world = fresh_world(faults=(plan(),))
    after, _ = select_faults(world, ONE, 0)
    assert replace(after, faults=world.faults) == world


@given(st.integers(0, 6), st.none() | st.integers(0, 6), st.integers(0, 15))
def test_a_fault_applies_times_requests_after_the_first_few(after: int, times: int | None, requests: int) -> None:
    expected = [number >= after and (times is None or number < after + times) for number in range(requests)]
    assert hits(requests, after=after, times=times) == expected


@given(st.integers())
def test_a_fault_never_applies_at_probability_zero_and_always_at_one(seed: int) -> None:
    assert hits(20, seed=seed, probability=0) == [False] * 20
    assert hits(20, seed=seed, probability=1) == [True] * 20


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_a_fault_applies_about_as_often_as_its_probability(probability: float, seed: int) -> None:
    rate = sum(hits(2000, seed=seed, probability=probability)) / 2000
    assert abs(rate - probability) < 0.05


def test_selection_depends_on_the_seed_alone() -> None:
    runs = [tuple(hits(40, seed=seed, probability=0.5)) for seed in (3, 3, 4)]
    assert runs[0] == runs[1] != runs[2]


def test_an_unlikely_fault_applies_no_more_often_than_allowed() -> None:
    assert sum(hits(200, times=3, probability=0.5)) == 3


def test_faults_are_independent_of_each_other_within_and_across_worlds() -> None:
    plans = (plan("slow", probability=0.5), plan("broken", probability=0.5))
    worlds = [fresh_world(faults=plans), fresh_world(name="fedcba9876543210", faults=plans)]
    rows = []
    for world in worlds:
        found = applied(world, *[ONE] * 100)
        rows += [tuple(name in each for each in found) for name in ("slow", "broken")]
    assert len(set(rows)) == 4
    assert all(25 < sum(row) < 75 for row in rows)


def test_every_selected_fault_has_its_own_seed() -> None:
    world = fresh_world(faults=(plan(), plan()))
    seeds = []
    for _ in range(3):
        world, found = select_faults(world, ONE, 0)
        seeds += [each.seed for each in found]
    assert len(set(seeds)) == 6

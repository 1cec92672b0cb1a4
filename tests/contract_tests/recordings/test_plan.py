"""The plan of a recording: what is free first, then in order of worth as much as the cap allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.oracle.engines import load_engines
from contract_tests.recordings.plan import make_plan
from contract_tests.runner.target import ROLES
from support.conformance import target


@given(st.integers(0, 60), st.sets(st.sampled_from(ROLES)))
def test_the_plan_costs_at_most_the_cap_and_more_credits_leave_less_out(cap: int, roles: set[str]) -> None:
    aim = target(*roles)
    plan, larger = make_plan(aim, cap), make_plan(aim, cap + 20)
    assert plan.credits <= cap
    assert len(larger.steps) >= len(plan.steps)
    assert {step.needs for step in plan.steps} <= {*roles, "primary"}
    names = [step.purpose for step in (*plan.steps, *(step for step, _ in plan.left_out))]
    assert len(names) == len(set(names)) == len([*larger.steps, *larger.left_out])


def test_without_credits_only_what_is_free_is_sent() -> None:
    plan = make_plan(target("empty", "limited", "busy", "low"), 0)
    assert {step.cost for step in plan.steps} == {0}
    assert [plan.steps[0].purpose, plan.steps[-2].purpose] == ["no token", "empty is refused"]
    reasons = {step.purpose: reason for step, reason in plan.left_out}
    assert reasons["busy is refused"] == "it may cost 1 credit, and 0 of the cap are left"
    assert reasons["the pictures"] == "no image is made"
    assert reasons["almost_limited to its end"] == "the target has no account almost_limited"


MODIFIED, OVERLAP, UPLOAD = "an image with modifiers", "calls during a generation", "an image from an upload"
READ = ["recent images after the generations", "the pictures"]


@pytest.mark.parametrize(
    ("cap", "paid"),
    [(0, []), (1, [MODIFIED]), (2, [OVERLAP, UPLOAD]), (3, [OVERLAP, UPLOAD, "an image by flux-pro"])],
)
def test_the_first_credits_go_to_what_shows_most(cap: int, paid: list[str]) -> None:
    steps = make_plan(target(), cap).steps
    assert [step.purpose for step in steps if step.cost] == paid
    assert [step.purpose for step in steps if step.reads] == (READ if paid else [])


def test_an_overlap_is_only_planned_if_both_generations_may_be_served() -> None:
    overlap = next(step for step in make_plan(target(), 2).steps if step.purpose == OVERLAP)
    assert (overlap.cost, overlap.price) == (2, 1)
    reasons = {step.purpose: reason for step, reason in make_plan(target(), 1).left_out}
    assert reasons[OVERLAP] == "it may cost 2 credits, and 0 of the cap are left"


def test_with_enough_credits_each_engine_and_the_rest_is_used() -> None:
    plan = make_plan(target(*ROLES), 40)
    purposes = [step.purpose for step in plan.steps]
    assert {f"an image by {engine.name}" for engine in load_engines()} <= set(purposes)
    assert purposes[-1] == "almost_limited to its end"
    assert plan.left_out == []

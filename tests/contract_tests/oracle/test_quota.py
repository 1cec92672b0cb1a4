"""The price: readings of it that explain what an account with a known number of credits answered."""

import pytest

from contract_tests.oracle.quota import Outcome, Step, credit_readings, explanations

CREDITS = 6


def least_broken(*outcomes: Outcome) -> list[set[str]]:
    """Return the rules that each of the best explanations contradicts."""
    fitting = explanations(credit_readings(["dall-e"]), CREDITS, [Step(outcome) for outcome in outcomes])
    least = len(fitting[0].breaks) if fitting else 0
    return [set(each.breaks) for each in fitting if len(each.breaks) == least]


SERVED: list[Outcome] = ["served"] * 5


def test_the_documented_price_breaks_nothing() -> None:
    assert least_broken(*SERVED, "served", "exhausted") == [set()]


def test_a_credit_too_few_is_a_wrong_price() -> None:
    assert {"CREDIT-COST"} in least_broken(*SERVED, "exhausted")
    assert set() not in least_broken(*SERVED, "exhausted")


@pytest.mark.parametrize("failures", [1, 2, 3])
def test_of_replies_that_look_failed_any_may_have_cost_a_credit(failures: int) -> None:
    """A service may refuse its own limits with the same 200 as a generation that failed, which cost a credit."""
    failed: list[Outcome] = ["failed"] * failures
    assert {"CREDIT-ATOMIC"} in least_broken(*failed, *SERVED, "exhausted")
    assert least_broken(*failed, *SERVED, "served", "exhausted") == [set()]


def test_a_failed_generation_costs_no_more_than_its_images() -> None:
    assert {"CREDIT-ATOMIC"} not in least_broken("failed", *SERVED[:4], "exhausted")

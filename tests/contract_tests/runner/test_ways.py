from dataclasses import replace

import pytest

from contract_tests.checks.decisions import Decides
from contract_tests.runner.target import ROLES, Target
from contract_tests.runner.ways import alternatives, ways
from support.conformance import target

ONLY_PRIMARY = target()
SANDBOX = replace(
    target(*ROLES),
    accounts={role: replace(account, sandbox=True) for role, account in target(*ROLES).accounts.items()},
)
REFUSED = Decides(("VALID-422",), credits=2, free_with_role="empty")
BOTH = Decides(("RECENT-OWN",), roles=("secondary", "busy"))
BALANCE = Decides(("CREDIT-COST",), credits=7, roles=("low",), cost_from_role="low", seconds=5.6)


@pytest.mark.parametrize(
    ("decides", "aim", "expected"),
    [
        (BOTH, ONLY_PRIMARY, ["the accounts secondary and busy (no credit, 1 second)"]),
        (
            REFUSED,
            ONLY_PRIMARY,
            ["--profile full (at most 2 credits, 1 second)", "the account empty (no credit, 1 second)"],
        ),
        (replace(REFUSED, quick=True), SANDBOX, ["--profile quick (at most 2 credits, 1 second)"]),
        (
            BALANCE,
            ONLY_PRIMARY,
            ["the account low and --profile full (at most 7 credits and those of low, 6 seconds)"],
        ),
        (
            replace(BALANCE, cost_from_role=None, credits=0),
            SANDBOX,
            ["an account low that is not a sandbox (no credit, 6 seconds)"],
        ),
        (
            Decides(("LOCK-10S",), mode="control"),
            ONLY_PRIMARY,
            ["the mock's control API (control: mock) (no credit, 1 second)"],
        ),
    ],
)
def test_a_way_has_what_is_missing_and_what_the_test_then_costs(
    decides: Decides, aim: Target, expected: list[str]
) -> None:
    assert [str(way) for way in ways(decides, aim, "free")] == expected


def test_the_cheapest_test_of_each_need_is_named_and_the_cheapest_need_first() -> None:
    costs = [Decides(("IMG-GET",), credits=credits_, quick=quick) for credits_, quick in [(1, False), (3, True)]]
    found = [way for decides in (*costs, BALANCE, REFUSED) for way in ways(decides, ONLY_PRIMARY, "free")]
    assert alternatives(found) == (
        "the account empty (no credit, 1 second), or --profile quick (at most 3 credits, 1 second), "
        "or the account low and --profile full (at most 7 credits and those of low, 6 seconds)"
    )


def test_at_most_three_ways_are_named() -> None:
    found = [way for role in ROLES[1:] for way in ways(Decides(("AUTH",), roles=(role,)), ONLY_PRIMARY, "free")]
    assert alternatives(found).count("the account") == 3

from dataclasses import replace

import pytest

from contract_tests.checks.decisions import MAX_CREDITS, PROFILES, Decides, Profile
from contract_tests.oracle.resources import load_rules
from contract_tests.runner.plan import PHASES, Plan, make_plan
from contract_tests.runner.session import estimate
from contract_tests.runner.settings import Settings
from contract_tests.runner.target import ROLES, Target
from support.conformance import declared, target

ALL = target(*ROLES)
ALL_EXCEPT_EMPTY = target(*(role for role in ROLES if role != "empty"))
ONLY_PRIMARY = target()
# No role of a target is a key with a scope or an account in sandbox mode, no request makes every service fail, and the
# suite has one base URL.
WITHOUT_A_TEST = {"FORBIDDEN", "SANDBOX", "STATUS-ERROR", "VERSIONING"}


def plan_of(aim: Target, profile: Profile = "full") -> Plan:
    settings = Settings(aim, profile)
    return make_plan(declared(), aim, profile, settings.rules, settings.cap)


def test_the_plan_has_the_collected_tests() -> None:
    for aim in (ALL, ONLY_PRIMARY):
        assert set(estimate(Settings(aim, "quick")).entries) == set(plan_of(aim, "quick").entries)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("aim", [ALL, ALL_EXCEPT_EMPTY, ONLY_PRIMARY], ids=["all", "all except empty", "primary"])
def test_a_profile_costs_at_most_its_maximum(profile: Profile, aim: Target) -> None:
    plan = plan_of(aim, profile)
    assert plan.selected
    assert plan.credits - sum(entry.cost for entry in plan.beyond_cap()) <= MAX_CREDITS[profile]
    beyond = [entry for entry in plan.beyond_cap() if entry.decides.free_with_role is None]
    assert profile == "full" or beyond == []


def test_a_quick_run_pays_for_images_before_it_sends_what_a_wrong_service_charges_for() -> None:
    paid = [entry.decides.free_with_role is None for entry in plan_of(ONLY_PRIMARY, "quick").selected if entry.cost]
    assert paid == [True, True, False, False]


def test_every_rule_is_decided_by_a_test_or_listed_with_a_reason() -> None:
    assert plan_of(ALL).undecided().keys() == WITHOUT_A_TEST


def test_tests_declare_rules_and_roles_that_exist() -> None:
    for entry in plan_of(ALL).entries:
        assert set(entry.decides.rules) <= load_rules().keys()
        assert set(entry.decides.roles) <= set(ROLES)


def test_tests_are_ordered_by_cost_and_at_the_same_cost_by_what_they_decide() -> None:
    full = [entry for entry in plan_of(ALL).selected if not entry.decides.quick]
    order = [
        (PHASES.index(entry.phase), not entry.decides.first, entry.cost, -len(entry.decides.rules)) for entry in full
    ]
    assert order == sorted(order)
    assert all((entry.cost == 0) == (entry.phase == "free checks") for entry in plan_of(ALL).selected)


def test_with_a_mock_every_rule_is_decided() -> None:
    plan = estimate(Settings(target("invalid", control="mock")))
    assert plan.undecided().keys() == WITHOUT_A_TEST
    assert {entry.decides.mode for entry in plan.selected} == {"any", "control"}


def make(decides: Decides, aim: Target, profile: Profile = "full", cap: int = 40) -> Plan:
    return make_plan([("a test", decides)], aim, profile, load_rules(), cap)


def test_the_reason_names_the_missing_account() -> None:
    plan = make(Decides(("RECENT-OWN",), roles=("primary", "secondary")), ONLY_PRIMARY)
    assert plan.skipped[0].reason == "the target has no account secondary: name one under accounts"
    assert plan.undecided()["RECENT-OWN"] == "it needs the account secondary (no credit, 1 second)"
    assert plan.undecided()["AUTH"] == "no test decides it"


def test_the_reason_names_the_profile() -> None:
    plan = make(Decides(("IMG-GET",), credits=1), ONLY_PRIMARY, "free")
    assert plan.skipped[0].reason == "it may cost 1 credit, more than the profile free allows"


def test_an_account_without_credits_makes_a_refusal_free() -> None:
    decides = Decides(("VALID-422",), credits=1, free_with_role="empty")
    assert make(decides, ALL, "free").selected[0].cost == 0
    assert make(decides, ONLY_PRIMARY).selected[0].cost == 1


def test_a_sandbox_account_decides_nothing_about_credits_and_limits() -> None:
    accounts = {role: replace(account, sandbox=role in {"low", "empty"}) for role, account in ALL.accounts.items()}
    aim = replace(ALL, accounts=accounts)
    credits_ = make(Decides(("CREDIT-COST",), roles=("low",)), aim)
    assert credits_.skipped[0].reason == "the account low is a sandbox, where nothing is charged and no limit applies"
    assert make(Decides(("SHAPE",), roles=("low",)), aim).skipped == []
    # It serves what an account without credits refuses.
    assert make(Decides(("VALID-422",), credits=1, free_with_role="empty"), aim).selected[0].cost == 1


def test_the_requests_that_show_whether_an_account_can_pay_come_first() -> None:
    names = [entry.name for entry in plan_of(ALL).selected if entry.decides.roles != ("primary",)]
    assert set(names[:2]) == {"test_credits.py::test_no_credits", "test_daily_limit.py::test_limit_reached"}


def test_a_known_balance_is_part_of_the_cost() -> None:
    assert make(Decides(("CREDIT-COST",), credits=2, roles=("low",), cost_from_role="low"), ALL).credits == 4


def test_tests_beyond_the_cap_are_listed() -> None:
    plan = make(Decides(("IMG-GET",), credits=3), ONLY_PRIMARY, cap=2)
    assert [entry.name for entry in plan.beyond_cap()] == ["a test"]


def test_rules_that_were_not_selected_are_skipped() -> None:
    rules = {"AUTH": load_rules()["AUTH"]}
    assert make_plan([("a test", Decides(("SHAPE",)))], ALL, "full", rules, 40).entries == ()

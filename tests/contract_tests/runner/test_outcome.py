import pytest

from contract_tests.runner.baseline import Accepted, Baseline
from contract_tests.runner.events import Decision, Event, Interrupted, PlanMade, PreflightFailed, TestEnded
from contract_tests.runner.outcome import Outcome, conclude
from support.conformance import decision, ended, plan


def verdicts(outcome: Outcome) -> dict[str, str]:
    return {result.rule.id: result.verdict for result in outcome.results}


def test_a_documented_rule_is_violated_and_another_only_differs() -> None:
    outcome = conclude(
        [
            plan(("a", ("LOCK-ONE",)), ("b", ("ORDER",))),
            decision("a", "LOCK-ONE", passed=False),
            ended("a", "violated"),
            decision("b", "ORDER", passed=False),
            ended("b", "differs"),
        ]
    )
    assert verdicts(outcome) == {"LOCK-ONE": "violated", "ORDER": "differs"}
    assert (outcome.verdict, outcome.exit_status(strict=False)) == ("violations", 1)


def test_a_violation_outweighs_passed_and_inconclusive_tests() -> None:
    outcome = conclude(
        [
            plan(("a", ("AUTH",)), ("b", ("AUTH",)), ("c", ("AUTH",))),
            decision("a", "AUTH", passed=True),
            decision("b", "AUTH", passed=False),
            ended("c", "inconclusive", "timeout"),
        ]
    )
    assert verdicts(outcome) == {"AUTH": "violated"}


def test_a_rule_that_passed_in_one_test_passes_with_the_reason_of_an_inconclusive_one() -> None:
    outcome = conclude(
        [
            plan(("a", ("AUTH",)), ("b.py::t", ("AUTH",))),
            decision("a", "AUTH", passed=True),
            ended("a"),
            ended("b.py::t", "inconclusive", "timeout"),
        ]
    )
    assert verdicts(outcome) == {"AUTH": "passed"}
    assert outcome.results[0].reason == "timeout (b: t)"
    assert (outcome.verdict, outcome.exit_status(strict=False)) == ("conforms", 0)


def test_a_test_that_found_something_says_why_it_could_not_decide_the_rest() -> None:
    events: list[Event] = [
        plan(("a", ("ORDER", "AUTH")), ("b", ("ORDER", "SHAPE"))),
        decision("a", "ORDER", passed=False),
        TestEnded("a", "differs", 0.1, "ORDER: …", undecided="another client may hold the lock"),
        ended("b", "differs", "ORDER: …"),
    ]
    reasons = {result.rule.id: result.reason for result in conclude(events).results}
    assert reasons["AUTH"].startswith("another client may hold the lock")
    assert reasons["SHAPE"].startswith("the test ended early: ORDER was not met")


def test_an_inconclusive_documented_rule_makes_the_run_incomplete() -> None:
    outcome = conclude(
        [
            plan(("a", ("AUTH",)), ("b", ("SHAPE",))),
            decision("a", "AUTH", passed=True),
            ended("a"),
            ended("b", "inconclusive", "timeout"),
        ]
    )
    assert verdicts(outcome) == {"AUTH": "passed", "SHAPE": "inconclusive"}
    assert (outcome.verdict, outcome.exit_status(strict=False)) == ("incomplete", 3)


def test_a_skipped_test_does_not_change_a_passed_rule() -> None:
    events = [
        plan(("a", ("AUTH",)), ("b", ("AUTH", "SHAPE"))),
        decision("a", "AUTH", passed=True),
        ended("a"),
        ended("b", "skipped", "no budget"),
    ]
    outcome = conclude(events)
    assert verdicts(outcome) == {"AUTH": "passed", "SHAPE": "skipped"}
    assert outcome.verdict == "conforms"


def test_a_rule_that_a_test_for_others_met_can_break_and_does_not_pass() -> None:
    def met(*, passed: bool) -> Outcome:
        made = plan(("a", ("AUTH",)), ("b", ("SHAPE",)))
        return conclude([made, decision("a", "SHAPE", passed=passed), ended("a"), ended("b", "skipped", "no budget")])

    assert verdicts(met(passed=True))["SHAPE"] == "skipped"
    assert verdicts(met(passed=False))["SHAPE"] == "violated"


@pytest.mark.parametrize("end", [(), (ended("a", "inconclusive", "timeout"),)])
def test_no_decision_of_an_inconclusive_or_unfinished_test_passes_a_rule(end: tuple[Event, ...]) -> None:
    outcome = conclude([plan(("a", ("AUTH",))), decision("a", "AUTH", passed=True), *end])
    assert verdicts(outcome) == {"AUTH": "inconclusive"}
    assert outcome.verdict == "incomplete"


@pytest.mark.parametrize(
    ("others", "verdict"), [(("SHAPE",), "conforms"), (("SHAPE", "LOCK-ONE"), "incomplete"), (("ORDER",), "conforms")]
)
def test_a_run_conforms_if_it_decided_half_of_the_documented_rules(others: tuple[str, ...], verdict: str) -> None:
    events = [plan(("a", ("AUTH",)), rules=("AUTH", *others)), decision("a", "AUTH", passed=True), ended("a")]
    assert conclude(events).verdict == verdict


def test_a_rule_that_a_failed_test_did_not_reach_is_inconclusive() -> None:
    events = [plan(("a", ("AUTH", "SHAPE"))), decision("a", "AUTH", passed=False), ended("a", "violated", "AUTH: …")]
    assert verdicts(conclude(events)) == {"AUTH": "violated", "SHAPE": "inconclusive"}


def test_a_rule_without_a_test_is_skipped_with_a_reason() -> None:
    outcome = conclude([plan(("a", ("AUTH",)), rules=("AUTH", "DAILY-RESET")), decision("a", "AUTH", passed=True)])
    assert verdicts(outcome)["DAILY-RESET"] == "skipped"
    assert "no test decides it" in outcome.results[1].reason


@pytest.mark.parametrize("end", [PreflightFailed("no service there"), Interrupted("the run was interrupted")])
def test_a_run_that_was_stopped_is_incomplete(end: Event) -> None:
    events = [plan(("a", ("AUTH",)), ("b", ("SHAPE",))), decision("a", "AUTH", passed=True), ended("a"), end]
    outcome = conclude(events)
    assert verdicts(outcome) == {"AUTH": "passed", "SHAPE": "inconclusive"}
    assert outcome.exit_status(strict=False) == 3


def test_a_run_without_a_decision_is_incomplete() -> None:
    outcome = conclude([plan(("a", ("AUTH",))), ended("a", "skipped", "no budget")])
    assert outcome.verdict == "incomplete"
    assert conclude([]).verdict == "incomplete"


def test_assumptions_alone_can_conform() -> None:
    events = [plan(("a", ("ORDER",))), decision("a", "ORDER", passed=True), ended("a")]
    assert conclude(events).verdict == "conforms"


def test_strict_fails_on_a_difference() -> None:
    events = [
        plan(("a", ("AUTH", "ORDER"))),
        decision("a", "AUTH", passed=True),
        decision("a", "ORDER", passed=False),
        ended("a", "differs"),
    ]
    outcome = conclude(events)
    assert (outcome.exit_status(strict=False), outcome.exit_status(strict=True)) == (0, 1)


AUTH = Accepted("AUTH", "known", expected="409", received="200")


def concluded(*events: Event, accepted: tuple[Accepted, ...]) -> Outcome:
    made = plan(("a", ("AUTH",)), ("b", ("AUTH", "ORDER")))
    return conclude([PlanMade(made.plan, Baseline(accepted)), *events])


def broken(received: str = "200", rule: str = "AUTH", test: str = "a") -> Event:
    return Decision(test, rule, passed=False, expected="409", received=received)


def test_an_accepted_finding_does_not_fail_the_run_and_remains_a_finding() -> None:
    outcome = concluded(broken(), ended("a", "accepted"), accepted=(AUTH,))
    result = outcome.results[0]
    assert (result.verdict, result.accepted) == ("violated", True)
    assert result.reason == "accepted (known): expected 409; received 200"
    assert (outcome.verdict, outcome.exit_status(strict=True)) == ("conforms", 0)


def test_an_accepted_finding_hides_no_other_of_the_same_rule() -> None:
    outcome = concluded(broken(), broken("500"), ended("a", "violated"), accepted=(AUTH,))
    result = outcome.results[0]
    assert [finding.accepted for finding in result.findings] == [None, "known"]
    assert result.reason == "expected 409; received 500; 1 more"
    assert (outcome.verdict, outcome.exit_status(strict=False)) == ("violations", 1)


def test_a_difference_can_be_accepted() -> None:
    accepted = (Accepted("ORDER", "known"),)
    passed = decision("a", "AUTH", passed=True)
    differs = broken(rule="ORDER", test="b")
    passing = passed, ended("a")
    assert concluded(*passing, differs, ended("b", "accepted"), accepted=accepted).exit_status(strict=True) == 0
    assert concluded(*passing, differs, ended("b", "differs"), accepted=()).exit_status(strict=True) == 1


def test_an_accepted_finding_that_vanished_fails_the_run() -> None:
    outcome = concluded(decision("a", "AUTH", passed=True), ended("a"), accepted=(AUTH,))
    assert outcome.gone == (AUTH,)
    assert (outcome.verdict, outcome.exit_status(strict=False)) == ("conforms", 1)


def test_an_accepted_finding_that_was_not_checked_has_not_vanished() -> None:
    passed = decision("a", "AUTH", passed=True)
    assert not concluded(ended("a", "skipped"), accepted=(AUTH,)).gone
    assert not concluded(passed, ended("a", "inconclusive"), accepted=(AUTH,)).gone
    assert not concluded(passed, accepted=(AUTH,)).gone


def test_an_accepted_finding_vanishes_only_if_its_own_test_passed() -> None:
    by_b = Accepted("AUTH", "known", received="200", test="b")
    of_old = Accepted("AUTH", "known", received="200", test="renamed")
    outcome = concluded(decision("a", "AUTH", passed=True), ended("a"), accepted=(by_b, of_old))
    assert outcome.gone == (of_old,)


def test_the_same_observation_is_one_finding_with_the_fewest_requests() -> None:
    findings = concluded(broken(), broken(test="b"), broken("500"), accepted=()).findings
    assert [(finding.received, finding.times, finding.tests) for finding in findings] == [
        ("200", 2, ("a", "b")),
        ("500", 1, ("a",)),
    ]


def test_a_new_baseline_keeps_the_entries_that_still_apply() -> None:
    gone = Accepted("AUTH", "gone", received="404")
    unseen = Accepted("SHAPE", "not checked")
    outcome = concluded(broken(), broken("500"), ended("a", "violated"), accepted=(AUTH, gone, unseen))
    kept, still, new = outcome.acceptances
    assert (kept, still) == (AUTH, unseen)
    assert (new.rule, new.expected, new.received, new.test) == ("AUTH", "409", "500", "a")
    assert new.covers(outcome.findings[0].decision.identity)

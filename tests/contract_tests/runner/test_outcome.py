import pytest

from contract_tests.runner.events import Event, Interrupted, PreflightFailed
from contract_tests.runner.outcome import Outcome, conclude
from support.conformance import decision, ended, plan


def verdicts(outcome: Outcome) -> dict[str, str]:
    return {result.rule.id: result.verdict for result in outcome.results}


def test_a_documented_rule_is_violated_and_another_only_differs() -> None:
    outcome = conclude(
        [
            plan(("a", ("LOCK-ONE",)), ("b", ("ORDER",))),
            decision("a", "LOCK-ONE", held=False),
            ended("a", "broken"),
            decision("b", "ORDER", held=False),
            ended("b", "differs"),
        ]
    )
    assert verdicts(outcome) == {"LOCK-ONE": "violated", "ORDER": "differs"}
    assert (outcome.verdict, outcome.exit_status(strict=False)) == ("violations", 1)


def test_a_violation_outweighs_what_held_and_what_could_not_be_seen() -> None:
    outcome = conclude(
        [
            plan(("a", ("AUTH",)), ("b", ("AUTH",)), ("c", ("AUTH",))),
            decision("a", "AUTH", held=True),
            decision("b", "AUTH", held=False),
            ended("c", "could_not_look", "timeout"),
        ]
    )
    assert verdicts(outcome) == {"AUTH": "violated"}


def test_what_held_in_one_test_is_held_and_says_what_another_could_not_see() -> None:
    outcome = conclude(
        [
            plan(("a", ("AUTH",)), ("b.py::t", ("AUTH",))),
            decision("a", "AUTH", held=True),
            ended("a"),
            ended("b.py::t", "could_not_look", "timeout"),
        ]
    )
    assert verdicts(outcome) == {"AUTH": "held"}
    assert outcome.results[0].reason == "timeout (t)"
    assert (outcome.verdict, outcome.exit_status(strict=False)) == ("conforms", 0)


def test_a_documented_rule_that_no_test_could_see_makes_the_run_incomplete() -> None:
    outcome = conclude(
        [
            plan(("a", ("AUTH",)), ("b", ("SHAPE",))),
            decision("a", "AUTH", held=True),
            ended("a"),
            ended("b", "could_not_look", "timeout"),
        ]
    )
    assert verdicts(outcome) == {"AUTH": "held", "SHAPE": "could_not_look"}
    assert (outcome.verdict, outcome.exit_status(strict=False)) == ("incomplete", 3)


def test_a_skipped_test_takes_nothing_from_what_held() -> None:
    events = [
        plan(("a", ("AUTH",)), ("b", ("AUTH", "SHAPE"))),
        decision("a", "AUTH", held=True),
        ended("b", "skipped", "no purse"),
    ]
    outcome = conclude(events)
    assert verdicts(outcome) == {"AUTH": "held", "SHAPE": "skipped"}
    assert outcome.verdict == "conforms"


def test_a_rule_left_behind_by_a_broken_test_was_not_looked_at() -> None:
    events = [plan(("a", ("AUTH", "SHAPE"))), decision("a", "AUTH", held=False), ended("a", "broken", "AUTH: …")]
    assert verdicts(conclude(events)) == {"AUTH": "violated", "SHAPE": "could_not_look"}


def test_a_rule_without_a_test_is_skipped_with_a_reason() -> None:
    outcome = conclude([plan(("a", ("AUTH",)), rules=("AUTH", "DAILY-RESET")), decision("a", "AUTH", held=True)])
    assert verdicts(outcome)["DAILY-RESET"] == "skipped"
    assert "no test decides it" in outcome.results[1].reason


@pytest.mark.parametrize("end", [PreflightFailed("nobody there"), Interrupted("the run was interrupted")])
def test_a_run_that_was_stopped_is_incomplete(end: Event) -> None:
    events = [plan(("a", ("AUTH",)), ("b", ("SHAPE",))), decision("a", "AUTH", held=True), ended("a"), end]
    outcome = conclude(events)
    assert verdicts(outcome) == {"AUTH": "held", "SHAPE": "could_not_look"}
    assert outcome.exit_status(strict=False) == 3


def test_nothing_exercised_is_never_green() -> None:
    outcome = conclude([plan(("a", ("AUTH",))), ended("a", "skipped", "no purse")])
    assert outcome.verdict == "incomplete"
    assert conclude([]).verdict == "incomplete"


def test_assumptions_alone_can_conform() -> None:
    assert conclude([plan(("a", ("ORDER",))), decision("a", "ORDER", held=True)]).verdict == "conforms"


def test_strict_fails_on_a_difference() -> None:
    events = [
        plan(("a", ("AUTH", "ORDER"))),
        decision("a", "AUTH", held=True),
        decision("a", "ORDER", held=False),
        ended("a", "differs"),
    ]
    outcome = conclude(events)
    assert (outcome.exit_status(strict=False), outcome.exit_status(strict=True)) == (0, 1)

import pytest

from contract_tests.client.masking import Masker, Secret
from contract_tests.errors import InconclusiveError, RuleBrokenError
from contract_tests.oracle.contract import load_contract
from contract_tests.oracle.resources import load_rules
from contract_tests.runner.events import Decision, Events
from contract_tests.runner.verdict import Verdict
from support.conformance import TOKEN


def verdict(*wanted: str) -> tuple[Verdict, Events]:
    events = Events(Masker([Secret(TOKEN)]))
    return Verdict("a test", events, load_contract(), wanted or load_rules()), events


def test_continues_after_a_violation_and_fails_at_the_end() -> None:
    judge, events = verdict()
    assert not judge.expect("AUTH", False, expected="401", received="200")
    assert judge.expect("SHAPE", True, expected="a", received="a")
    assert [event.passed for event in events.log if isinstance(event, Decision)] == [False, True]
    with pytest.raises(RuleBrokenError, match="AUTH: Every call carries an API key"):
        judge.finish()


def test_stops_at_a_violated_requirement() -> None:
    judge, _ = verdict()
    with pytest.raises(RuleBrokenError):
        judge.require("AUTH", False, expected="401", received="200")


def test_a_test_without_violations_passes() -> None:
    judge, _ = verdict()
    judge.require("AUTH", True, expected="401", received="401")
    judge.finish()
    assert judge.decided == {"AUTH"}


def test_a_step_can_break_a_rule_and_never_passes_it() -> None:
    judge, events = verdict()
    judge.step("AUTH", True, expected="200", received="200")
    assert not judge.decided
    assert not events.log
    with pytest.raises(RuleBrokenError):
        judge.step("AUTH", False, expected="200", received="401")


def test_records_only_selected_rules() -> None:
    judge, events = verdict("SHAPE")
    judge.expect("AUTH", False, expected="401", received="200")
    judge.finish()
    assert events.log == []
    with pytest.raises(InconclusiveError):
        judge.require("AUTH", False, expected="401", received="200")


def test_refuses_an_unknown_rule() -> None:
    judge, _ = verdict()
    with pytest.raises(LookupError, match="NO-SUCH"):
        judge.expect("NO-SUCH", True, expected="", received="")


def test_masks_tokens_in_the_log() -> None:
    judge, events = verdict()
    judge.expect("AUTH", False, expected="", received=f"the response contains {TOKEN}")
    assert TOKEN not in str(events.log)


def test_a_finding_quotes_no_more_than_the_start_of_what_a_service_repeats() -> None:
    judge, events = verdict()
    judge.expect("AUTH", False, expected="401", received="x" * 100_000 + TOKEN)
    (found,) = [event for event in events.log if isinstance(event, Decision)]
    assert len(found.received) < 2100
    assert found.identity == judge.broken[0].identity

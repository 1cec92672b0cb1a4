from dataclasses import replace

from contract_tests.client.exchange import Exchange
from contract_tests.oracle.resources import load_rules
from contract_tests.runner.baseline import NO_BASELINE, Accepted, Baseline
from contract_tests.runner.events import Decision
from contract_tests.runner.findings import Finding, find


def decision(path: str, example: str = "") -> Decision:
    exchange = Exchange("GET", f"http://h/api/v1/aiimage/{path}", "primary", None)
    return Decision("a.py::t", "SHAPE", False, "200 with the documented shape", "id: no text", (exchange,), example)


def found(*decisions: Decision, baseline: Baseline = NO_BASELINE) -> list[tuple[int, tuple[str, ...]]]:
    return [(each.times, each.calls) for each in findings(*decisions, baseline=baseline)]


def findings(*decisions: Decision, baseline: Baseline = NO_BASELINE) -> tuple[Finding, ...]:
    return find(decisions, load_rules(), baseline)


RECENT, VERSIONS = "GET /aiimage/recent-images", "GET /aiimage/versions"


def test_the_same_field_with_other_values_and_at_other_operations_is_one_finding() -> None:
    decisions = (decision("recent-images", "for example 1"), decision("versions", "for example 2"))
    assert found(*decisions) == [(2, (RECENT, VERSIONS))]


def test_another_expectation_is_another_finding() -> None:
    other = replace(decision("versions"), expected="404")
    assert found(decision("recent-images"), other) == [(1, (RECENT,)), (1, (VERSIONS,))]


def test_a_finding_that_is_accepted_at_one_operation_is_open_at_the_other() -> None:
    baseline = Baseline((Accepted("SHAPE", "known", call=RECENT),))
    decisions = (decision("recent-images", "for example 1"), decision("versions", "for example 2"))
    assert found(*decisions, baseline=baseline) == [(1, (RECENT,)), (1, (VERSIONS,))]


def test_the_acceptances_of_a_finding_cover_all_its_operations_and_values() -> None:
    decisions = [decision("recent-images", "for example 1"), decision("versions", "for example 2")]
    (finding,) = findings(*decisions)
    baseline = Baseline(tuple(finding.acceptances))
    others = [decision("recent-images", "for example 3"), decision("versions", "for example 4")]
    assert all(baseline.reason(each.identity) for each in others)
    assert baseline.reason(decision("check-availability", "for example 1").identity) is None

"""Tests that prove nothing new are skipped once a server is caught."""

import pytest

from contract_tests.checks.decisions import Decides
from contract_tests.runner.events import Decision, PlanMade, TestStarted
from contract_tests.runner.plan import Entry, Plan
from contract_tests.wrong_servers.serving import find
from contract_tests.wrong_servers.sufficiency import Proven, Sufficiency
from contract_tests.wrong_servers.trial import run_trial

BOTH = "test_a.py::test_both"
PLAN = PlanMade(Plan((Entry(BOTH, Decides(("SHAPE", "AUTH", "ORDER")), 0),), {}, 40))


def starts(proven: Proven | None, *events: Decision) -> bool:
    """Return whether the test starts after these events."""
    consumer = Sufficiency(("SHAPE", "AUTH"), proven)
    consumer(PLAN)
    for event in events:
        consumer(event)
    try:
        consumer(TestStarted(BOTH))
    except pytest.skip.Exception:
        return False
    return True


CAUGHT = Decision("test_a.py::test_first", "SHAPE", False)


def test_no_test_is_skipped_before_the_server_is_caught_by_a_rule_that_it_breaks() -> None:
    for event in (Decision("t", "SHAPE", True), Decision("t", "ORDER", False)):
        assert starts(None, event)
    assert not starts(None, CAUGHT)


def test_a_test_starts_as_long_as_it_is_unproven_for_one_of_the_rules() -> None:
    assert starts({("SHAPE", BOTH)}, CAUGHT)
    assert not starts({("SHAPE", BOTH), ("AUTH", BOTH)}, CAUGHT)


@pytest.mark.slow
def test_a_trial_ends_early_with_the_same_verdict() -> None:
    entry = find("recent-empty")
    full = run_trial(entry, "control", 1, entry.rules)
    short = run_trial(entry, "control", 1, entry.rules, consumers=[Sufficiency(entry.rules, None)])
    assert short.violated == full.violated == entry.rules
    assert short.reports
    assert len({each.test for each in short.decided}) < len({each.test for each in full.decided})

"""The kill rate of generated servers, and the reasons of those that survived."""

from dataclasses import replace

from contract_tests.wrong_servers.generated.campaign import jobs, missed, reason, report, sample, survived
from contract_tests.wrong_servers.generated.mutants import mutants
from contract_tests.wrong_servers.trial import Decided
from support.trials import TRIAL

NAME = "locked-out-never"
CAUGHT = replace(TRIAL, name=NAME, reached=True)
PASSED = replace(CAUGHT, violated=(), decided=(Decided("LOCK-ONE", "test_lock.py::test_a", True, ("primary",)),))
UNREACHED = replace(PASSED, reached=False)
UNDECIDED = replace(CAUGHT, violated=(), reasons={"LOCK-ONE": "inconclusive: too quick"})


def test_a_sample_is_drawn_by_its_seed_from_the_servers_of_the_rules() -> None:
    drawn = sample(5, 1, {"LOCK-10S"})
    assert drawn == sample(5, 1, {"LOCK-10S"}) != sample(5, 2, {"LOCK-10S"})
    assert len(drawn) == 5
    assert all("LOCK-10S" in entry.rules for entry in drawn)
    assert sample(None, 1, set()) == list(mutants().values())


def test_every_server_runs_in_each_mode_until_it_is_caught() -> None:
    planned = jobs(sample(2, 1, set()), ("black-box", "control"), 3, whole=False)
    assert [job.mode for job in planned] == ["black-box", "control"] * 2
    assert all(job.only and job.until == "caught" and job.seed == 3 for job in planned)


def test_a_server_is_missed_only_if_its_decision_was_reached_and_its_rule_passed() -> None:
    assert [survived(trial) for trial in (CAUGHT, PASSED, UNREACHED, UNDECIDED)] == [False, True, True, True]
    assert missed([CAUGHT, PASSED, UNREACHED, UNDECIDED]) == [PASSED]
    assert reason(PASSED) == "MISSED: the rule passed"
    assert reason(UNREACHED) == "the checks of the rule never reach the changed decision"
    assert reason(UNDECIDED) == "LOCK-ONE inconclusive: too quick"


def test_the_report_counts_by_rule_those_that_were_reached() -> None:
    lines = list(report([CAUGHT, PASSED, UNREACHED]))
    (row,) = (line for line in lines if line.startswith("LOCK-ONE"))
    assert row.split() == ["LOCK-ONE", "-", *["1", "of", "2", "50", "%,", "1", "unmet"]]
    assert f"  {NAME} (control): MISSED: the rule passed" in lines
    assert any("RECENT-ORDER" in line for line in lines)

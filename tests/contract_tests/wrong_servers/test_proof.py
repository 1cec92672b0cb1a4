"""A rule passes only by a check that has failed a wrong server of that rule in the same mode."""

from dataclasses import replace

from contract_tests.wrong_servers.catalogue import Mode
from contract_tests.wrong_servers.planning import Job, chosen, jobs_for
from contract_tests.wrong_servers.proof import Check, lines, unproven
from contract_tests.wrong_servers.trial import Decided, Trial
from support.trials import TRIAL

RULE, ONE, OTHER = "VERSIONS", "test_a.py::test_one", "test_a.py::test_other"
PLANNED: list[Job] = list(jobs_for(chosen([RULE]), ("black-box", "control"), 1))


def trial(name: str, mode: Mode, *decided: tuple[str, str, bool]) -> Trial:
    return replace(TRIAL, name=name, mode=mode, decided=tuple(Decided(*each, ("primary",)) for each in decided))


def test_a_check_that_failed_a_wrong_server_of_its_rule_is_proven() -> None:
    trials = [
        trial("conforming", "control", (RULE, ONE, True)),
        trial("version-as-null", "control", (RULE, ONE, False)),
    ]
    assert unproven(PLANNED, trials) == []
    assert next(lines(PLANNED, trials)).startswith("Proof: 1 of 1 checks")


def test_a_check_is_not_proven_by_another_check_mode_or_rule() -> None:
    passing = trial("conforming", "control", (RULE, ONE, True))
    for other in (
        trial("version-as-null", "control", (RULE, OTHER, False)),
        trial("version-as-null", "black-box", (RULE, ONE, False)),
        trial("version-as-null", "control", ("SHAPE", ONE, False)),
        trial("lock-ignored", "control", (RULE, ONE, False)),
        trial("version-as-null", "control", (RULE, ONE, True)),
    ):
        assert unproven(PLANNED, [passing, other]) == [Check(RULE, ONE, "control")]
    assert "never failed" in list(lines(PLANNED, [passing]))[-1]


def test_an_assumption_needs_no_proof() -> None:
    assert unproven(PLANNED, [trial("conforming", "control", ("ORDER", ONE, True))]) == []


def test_nothing_is_said_of_a_rule_unless_all_its_wrong_servers_were_tried() -> None:
    passing = [trial("conforming", "control", (RULE, ONE, True))]
    some = [job for job in PLANNED if job.name != "version-as-null"]
    assert unproven(some, passing) == []
    assert list(lines([job for job in PLANNED if job.mode == "black-box"], passing)) == []

"""The servers that a single account can show."""

from dataclasses import replace

from contract_tests.wrong_servers.one_role import jobs, lines, missed, needed, repeated
from contract_tests.wrong_servers.planning import chosen
from contract_tests.wrong_servers.trial import Decided
from support.trials import TRIAL

ALONE = replace(TRIAL, mode="black-box")
SURVIVED = replace(ALONE, violated=())


def test_only_wrong_servers_run_without_control_and_with_one_account() -> None:
    planned = jobs(chosen(["lock-ignored", "conforming", "oldest-first"]))
    assert [(job.name, job.mode, job.roles) for job in planned] == [("lock-ignored", "black-box", ("primary",))]


def test_a_server_that_one_account_does_not_show_runs_again_with_all() -> None:
    assert repeated([ALONE]) == []
    (again,) = repeated([SURVIVED])
    assert (again.name, again.until) == ("lock-ignored", "complete")
    assert {"primary", "low"} < set(again.roles)


def test_a_server_is_missed_if_a_test_catches_it_that_needs_no_other_account() -> None:
    slow = replace(ALONE, decided=(Decided("LOCK-ONE", "test_lock.py::test_a", False, ("slow",)),))
    plain = replace(ALONE, decided=(Decided("LOCK-ONE", "test_lock.py::test_b", False, ("primary",)),))
    other = replace(ALONE, decided=(Decided("SHAPE", "test_lock.py::test_b", False, ("primary",)),))
    assert needed(slow) == [("slow",)]
    assert missed([slow, plain, other]) == [plain]


def test_the_list_names_what_others_need() -> None:
    full = replace(ALONE, decided=(Decided("LOCK-ONE", "test_lock.py::test_a", False, ("primary", "slow")),))
    text = "\n".join(lines([SURVIVED, ALONE], [full]))
    assert "LOCK-ONE (1): lock-ignored" in text
    assert "LOCK-ONE: lock-ignored: slow" in text
    assert "Of 2 wrong servers, one account shows 1." in text

from pathlib import Path

from contract_tests.report.words import LeftOut, left_out
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from support.conformance import ended, target
from support.finished import finished_run

ACCOUNT = LeftOut("c.py::v", ("AUTH",), "the target has no account slow", "slow under accounts: of the target file")
PROFILE = LeftOut("d.py::w", ("AUTH",), "it may cost 9 credits, more than the profile quick allows", "--profile full")


def test_an_excluded_test_has_the_option_that_includes_it(tmp_path: Path) -> None:
    assert list(left_out(finished_run(tmp_path))) == [ACCOUNT, PROFILE]


def test_a_test_that_was_skipped_during_the_run_is_listed(tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    run.events.emit(ended("b.py::u", "skipped", "nothing is left to spend"))
    assert LeftOut("b.py::u", ("ORDER",), "nothing is left to spend", "") in list(left_out(run))


def test_without_a_plan_no_test_is_listed() -> None:
    assert list(left_out(Run(Settings(target())))) == []

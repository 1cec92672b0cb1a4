from pathlib import Path

from contract_tests.report.words import LeftOut, left_out
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from support.conformance import ended, target
from support.finished import finished_run

ACCOUNT = LeftOut("c.py::v", ("AUTH",), "the target has no account slow", "slow under accounts: of the target file")
PROFILE = LeftOut("d.py::w", ("AUTH",), "it may cost 9 credits, more than the profile quick allows", "--profile full")


def test_what_was_not_planned_says_what_lets_it_in(tmp_path: Path) -> None:
    assert list(left_out(finished_run(tmp_path))) == [ACCOUNT, PROFILE]


def test_what_was_skipped_on_the_way_is_left_out_too(tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    run.events.emit(ended("b.py::u", "skipped", "nothing is left to spend"))
    assert LeftOut("b.py::u", ("ORDER",), "nothing is left to spend", "") in list(left_out(run))


def test_without_a_plan_nothing_is() -> None:
    assert list(left_out(Run(Settings(target())))) == []

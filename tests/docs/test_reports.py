"""docs/reports.md matches the reports."""

from pathlib import Path

from contract_tests.client.exchange import FOLDER
from contract_tests.report import files
from contract_tests.runner.baseline import load_baseline
from support.finished import finished_run
from support.pages import page

PAGE = page("reports")


def test_the_files_are_those_of_the_table(tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    files.write_all(run)
    assert set(PAGE.names("file")) == {path.name for path in tmp_path.iterdir()} | {FOLDER}


def test_the_example_is_a_valid_baseline(tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(PAGE.blocks("yaml")[0])
    assert [entry.rule for entry in load_baseline(file).entries] == ["CREDIT-COST"]

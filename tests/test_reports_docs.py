"""docs/reports.md is held to what it says."""

import re
import shlex
from pathlib import Path

import click
import pytest

from contract_tests.baseline import load_baseline
from contract_tests.cli import main
from contract_tests.outcome import conclude
from contract_tests.report import files
from support.finished import finished_run

PAGE = (Path(__file__).parent.parent / "docs" / "reports.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_files_are_those_of_the_table(tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    files.write_all(run, conclude(run.events.log))
    assert set(re.findall(r"^\| `([\w.]+)` \|", PAGE, re.MULTILINE)) == {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("line", [line for block in blocks("sh") for line in block.splitlines()])
def test_the_commands_are_understood(line: str) -> None:
    program, name, *arguments = shlex.split(line)
    assert program == ".venv/bin/aiimage-conform"
    with main.commands[name].make_context(name, arguments, resilient_parsing=False) as context:
        assert isinstance(context, click.Context)


def test_the_entry_of_a_baseline_is_one(tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(blocks("yaml")[0])
    assert [entry.rule for entry in load_baseline(file).entries] == ["CREDIT-COST"]

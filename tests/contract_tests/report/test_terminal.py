"""The summary printed at the end of a run."""

import io
from pathlib import Path

from rich.console import Console

from contract_tests.report.terminal import print_summary
from contract_tests.runner.outcome import conclude
from support.finished import exchange, finished_run


def summary(folder: Path, width: int, terminal: bool) -> list[str]:
    run = finished_run(folder)
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=terminal, color_system=None, markup=False)
    print_summary(console, run, conclude(run.events.log))
    return stream.getvalue().splitlines()


def test_the_table_of_rules_is_readable_at_80_columns(tmp_path: Path) -> None:
    lines = summary(tmp_path, 80, terminal=True)
    first = next(number for number, line in enumerate(lines) if line.startswith("rule "))
    table = lines[first:-3]
    assert max(len(line.rstrip()) for line in table) <= 80
    assert [line.split()[0] for line in table if line[0] != " "][:5] == ["rule", "LOCK-ONE", "SHAPE", "ORDER", "AUTH"]
    assert "LOCK-ONE  documented  violated      expected 409; received 200" in [line.rstrip() for line in table]


def test_a_sentence_is_wrapped_on_a_terminal_but_not_in_a_log(tmp_path: Path) -> None:
    assert summary(tmp_path, 60, terminal=False)[-1].startswith("http://127.0.0.1:9/api/v1 VIOLATES")
    assert max(len(line) for line in summary(tmp_path, 60, terminal=True)[-2:]) <= 60


def test_control_characters_of_a_service_are_not_printed(tmp_path: Path) -> None:
    assert "\x00" in exchange().response_body
    assert not [line for line in summary(tmp_path, 80, terminal=False) if "\x00" in line]

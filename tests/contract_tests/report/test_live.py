"""The progress of a run."""

import io
import re

import pytest
from rich.console import Console

from contract_tests.checks.decisions import Decides
from contract_tests.oracle.resources import load_rules
from contract_tests.report.live import Status, watching
from contract_tests.report.terminal import make_console
from contract_tests.runner.baseline import Accepted, Baseline
from contract_tests.runner.events import PlanMade, TestStarted
from contract_tests.runner.plan import Entry, Plan
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from support.conformance import decision, ended, target

FREE, PAID = "test_auth.py::test_free", "test_credits.py::test_paid"

HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"


@pytest.fixture
def run() -> Run:
    return Run(Settings(target(), baseline=Baseline((Accepted("CREDIT-COST", "known"),))))


def play(run: Run) -> None:
    entries = (Entry(FREE, Decides(("AUTH",)), 0), Entry(PAID, Decides(("ORDER",), credits=1), 1))
    run.events.emit(PlanMade(Plan(entries, load_rules(), 40)))
    run.events.emit(TestStarted(FREE))
    run.events.emit(decision(FREE, "AUTH", passed=False))
    run.events.emit(decision(FREE, "AUTH", passed=False))
    run.events.emit(ended(FREE, "violated", "AUTH: …"))
    run.events.emit(TestStarted(PAID))
    run.events.emit(decision(PAID, "ORDER", passed=False))
    run.events.emit(decision(PAID, "CREDIT-COST", passed=False))


LINES = """\
Free checks
        violated     AUTH: expected 409; received 200
[ 1/2] violated       0.1 s  test_auth.py::test_free  0 credits
Paid checks
        differs      ORDER: expected 409; received 200
        accepted     CREDIT-COST: expected 409; received 200
"""


def test_a_log_has_a_line_for_each_test_and_each_finding(run: Run) -> None:
    stream = io.StringIO()
    with watching(make_console(stream), run):
        play(run)
    assert stream.getvalue() == LINES


def test_a_dumb_terminal_has_the_same_lines(run: Run) -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=160, no_color=True, _environ={"TERM": "dumb"})
    with watching(console, run):
        play(run)
    assert stream.getvalue() == LINES


def test_a_terminal_shows_the_progress(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.transport, "clock", lambda: run.started + 12)
    status = Status(run)
    run.events.consumers.append(status)
    play(run)
    stream = io.StringIO()
    Console(file=stream, width=80).print(status.render())
    shown = [" ".join(line.split()) for line in stream.getvalue().splitlines() if line]
    assert [line.replace("━", "").replace("╺", "").replace("  ", " ") for line in shown[:2]] == [
        "free checks 1 of 1",
        "paid checks 0 of 1",
    ]
    assert shown[2].startswith("0 of 40 credits, 0 requests, 12.0 seconds of 600")
    assert shown[3] == "0 s test_credits.py::test_paid"


def test_the_lines_remain_when_the_display_ends(run: Run) -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80, no_color=True, _environ={"TERM": "xterm"})
    with watching(console, run):
        play(run)
    erased = stream.getvalue().replace("\x1b[2K", "\n")
    shown = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", erased).splitlines()
    assert [line for line in LINES.splitlines() if line not in shown] == []
    assert stream.getvalue().rindex(SHOW_CURSOR) > stream.getvalue().rindex(HIDE_CURSOR)

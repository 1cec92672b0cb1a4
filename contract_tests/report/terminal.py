"""The terminal before and after a run: the cost estimate, findings, the verdict of each rule."""

import io
from collections.abc import Iterator
from itertools import groupby
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from contract_tests.oracle.facts import counted
from contract_tests.report.words import commands_note, figures, gone_lines, sentence, verdict_of, visible
from contract_tests.runner.events import describe
from contract_tests.runner.outcome import Outcome, conclude
from contract_tests.runner.plan import Plan
from contract_tests.runner.run import Run
from contract_tests.runner.version import suite_version

_WIDTH = 160
STYLES = {
    "passed": "green",
    "violated": "bold red",
    "differs": "yellow",
    "accepted": "cyan",
    "inconclusive": "magenta",
    "skipped": "dim",
}


def make_console(stream: TextIO) -> Console:
    """Return a console as wide as the terminal, or wide enough for a log."""
    # A quoted reply may contain [markup] and :emoji: codes, which must show as they are.
    return Console(file=stream, width=None if stream.isatty() else _WIDTH, highlight=False, emoji=False, markup=False)


def print_summary(console: Console, run: Run, outcome: Outcome) -> None:
    for finding in outcome.findings:
        calls = f"\n  At:         {', '.join(finding.calls)}" if len(finding.calls) > 1 else ""
        accepted = f"\n  Accepted:   {finding.accepted}" if finding.accepted else ""
        console.print(visible(f"\n{run.masker(describe(finding.decision))}{calls}{accepted}"), soft_wrap=True)
    if outcome.findings:
        _print_line(console, f"\n{commands_note(outcome)}")
    console.print()
    # After a failed preflight every row would say the same.
    if run.events.ended:
        console.print(_rules_table(outcome))
    for line in _closing(run, outcome):
        _print_line(console, run.masker(line))


def summary_text(run: Run) -> str:
    """Return the summary without colours."""
    stream = io.StringIO()
    print_summary(make_console(stream), run, conclude(run.events.log))
    return run.masker(stream.getvalue())


def print_plan(console: Console, plan: Plan) -> None:
    """Print the cost estimate and what is skipped."""
    table = _table("test", "decides", "credits", "seconds")
    table.columns[2].justify = table.columns[3].justify = "right"
    for phase, entries in groupby(plan.selected, key=lambda entry: entry.phase):
        table.add_row(Text(phase.capitalize(), "bold"))
        for entry in entries:
            table.add_row(entry.name, ", ".join(entry.decides.rules), str(entry.cost), f"{entry.decides.seconds:g}")
    table.add_row(f"{len(plan.selected)} tests", "", str(plan.credits), f"{plan.seconds:g}")
    console.print(table)
    for line in _left_out(plan):
        _print_line(console, line)


def _print_line(console: Console, line: str) -> None:
    """Print a line, wrapped on a terminal and never in a log."""
    console.print(visible(line), soft_wrap=not console.is_terminal)


def _left_out(plan: Plan) -> Iterator[str]:
    yield (
        f"At worst {counted(plan.credits, 'credit')}, as many images and {plan.seconds:g} seconds; "
        f"the run never spends more than {counted(plan.cap, 'credit')} at the documented price."
    )
    for entry in plan.beyond_cap():
        more = counted(entry.cost, "credit")
        yield f"  may be skipped  {entry.name}: the cap leaves no {more} if all before it costs its worst case"
    for entry in plan.skipped:
        yield f"  skipped         {entry.name}: {entry.reason}"
    for rule, reason in plan.undecided().items():
        yield f"  undecided       {rule}: {reason}"


def _rules_table(outcome: Outcome) -> Table:
    table = _table("rule", "source", "verdict", "reason")
    for column in table.columns[:3]:
        column.no_wrap = True
    for result in outcome.results:
        verdict = verdict_of(result)
        words = Text(verdict, STYLES[verdict])
        table.add_row(result.rule.id, result.rule.origin, words, visible(result.reason))
    return table


def _closing(run: Run, outcome: Outcome) -> Iterator[str]:
    yield f"{figures(run)}, seed {run.settings.seed}, suite {suite_version()}"
    if run.settings.report and not outcome.unwritten:
        yield f"Report: {run.settings.report / 'report.html'}, and report.json, junit.xml, summary.md beside it"
    for reason in outcome.unwritten:
        yield f"A report is missing: {reason}."
    yield from gone_lines(outcome)
    yield f"{run.target.base_url} {sentence(outcome)}"


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table

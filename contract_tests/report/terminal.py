"""What a person reads: a line a test as it ends, then the verdict of each rule and of the whole."""

import io
from collections.abc import Iterator
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from contract_tests.events import Decision, Event, PlanMade, TestEnded
from contract_tests.outcome import Outcome, conclude
from contract_tests.plan import Plan
from contract_tests.run import Run
from contract_tests.verdict import describe

_WIDTH = 160
_STYLES = {
    "held": "green",
    "passed": "green",
    "violated": "bold red",
    "broken": "bold red",
    "differs": "yellow",
    "could_not_look": "magenta",
    "skipped": "dim",
}
_WORDS = {"could_not_look": "could not look"}


def make_console(stream: TextIO) -> Console:
    """A console as wide as the terminal; where there is none, lines that need no folding."""
    return Console(file=stream, width=None if stream.isatty() else _WIDTH, highlight=False, emoji=False, markup=False)


class Progress:
    """Consumes the events of a run and prints a line for each test that ends."""

    def __init__(self, console: Console, run: Run) -> None:
        self._console, self._run = console, run
        self._total, self._done = 0, 0

    def __call__(self, event: Event) -> None:
        match event:
            case PlanMade(plan):
                self._total = len(plan.selected)
            case TestEnded():
                self._ended(event)
            case _:
                return

    def _ended(self, event: TestEnded) -> None:
        self._done += 1
        line = Text(f"[{self._done:2}/{self._total}] ")
        line.append(f"{_word(event.outcome):14}", _STYLES[event.outcome])
        line.append(f" {event.seconds:5.1f} s  {self._run.purse.spent:3} credits  {event.test}")
        if event.outcome in {"skipped", "could_not_look"}:
            line.append(f"  {event.reason.partition(chr(10))[0]}", "dim")
        self._console.print(line, soft_wrap=True)


def print_summary(console: Console, run: Run, outcome: Outcome) -> None:
    for finding in _findings(run):
        console.print(f"\n{finding}", soft_wrap=True)
    console.print()
    if any(isinstance(event, TestEnded) for event in run.events.log):
        console.print(_rules_table(outcome))
    for line in _closing(run, outcome):
        console.print(line, soft_wrap=True)


def summary_text(run: Run) -> str:
    """The summary without colours."""
    stream = io.StringIO()
    print_summary(make_console(stream), run, conclude(run.events.log))
    return run.masker(stream.getvalue())


def print_plan(console: Console, plan: Plan) -> None:
    """The bill, and what is left out."""
    table = _table("test", "decides", "credits", "seconds")
    table.columns[2].justify = table.columns[3].justify = "right"
    for entry in plan.selected:
        table.add_row(entry.name, ", ".join(entry.decides.rules), str(entry.cost), f"{entry.decides.seconds:g}")
    table.add_section()
    table.add_row(f"{len(plan.selected)} tests", "", str(plan.credits), f"{plan.seconds:g}")
    console.print(table)
    for line in _left_out(plan):
        console.print(line, soft_wrap=True)


def _left_out(plan: Plan) -> Iterator[str]:
    yield f"At worst {plan.credits} credits; the run never spends more than {plan.cap}."
    for entry in plan.beyond_cap():
        yield f"  may be skipped  {entry.name}: {entry.cost} credits at worst do not fit any more"
    for entry in plan.skipped:
        yield f"  skipped         {entry.name}: {entry.reason}"
    for rule, reasons in plan.reasons_undecided().items():
        yield f"  undecided       {rule}: {'; '.join(dict.fromkeys(reason for _, reason in reasons))}"


def _findings(run: Run) -> Iterator[str]:
    for event in run.events.log:
        if isinstance(event, Decision) and not event.held:
            yield run.masker(describe(event))


def _rules_table(outcome: Outcome) -> Table:
    table = _table("rule", "source", "verdict", "reason")
    for result in outcome.results:
        verdict = Text(_word(result.verdict), _STYLES[result.verdict])
        table.add_row(result.rule.id, result.rule.source, verdict, result.reason)
    return table


def _closing(run: Run, outcome: Outcome) -> Iterator[str]:
    credits_ = f"{run.purse.spent} of {run.purse.cap} credits"
    yield f"{credits_}, {run.transport.requests} requests, {run.seconds:.1f} seconds, seed {run.settings.seed}"
    if run.settings.report:
        yield f"Report: {run.settings.report / 'report.json'}, {run.settings.report / 'junit.xml'}"
    yield f"{run.target.base_url} {sentence(outcome)}"


def sentence(outcome: Outcome) -> str:
    """The verdict of the run in words."""
    documented = [result for result in outcome.results if result.rule.documented]
    held = sum(1 for result in documented if result.verdict == "held")
    count = f"{held} of {len(documented)} documented rules held"
    differs = f"; {len(outcome.of('differs'))} assumptions differ" if outcome.of("differs") else ""
    if outcome.verdict == "violations":
        broken = ", ".join(result.rule.id for result in outcome.of("violated"))
        return f"VIOLATES the documentation: {broken} ({count}{differs})."
    if outcome.verdict == "incomplete":
        return f"could not be examined well enough: {(outcome.stopped or count).rstrip('.')}{differs}."
    skipped = sum(1 for result in documented if result.verdict == "skipped")
    return f"conforms: {count}{f', {skipped} skipped' if skipped else ''}{differs}."


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _word(verdict: str) -> str:
    return _WORDS.get(verdict, verdict)

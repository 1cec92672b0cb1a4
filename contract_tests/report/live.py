"""The progress of a run: a line for each test and each rule that did not pass, on a terminal also a status."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from contract_tests.oracle.facts import counted
from contract_tests.report.terminal import STYLES
from contract_tests.report.words import figures, visible
from contract_tests.runner.events import Decision, Event, PlanMade, TestEnded, TestStarted
from contract_tests.runner.plan import PHASES
from contract_tests.runner.run import Run

Print = Callable[[Text], None]
_BAR = 24
_REFRESHES = 8


@contextmanager
def watching(console: Console, run: Run) -> Iterator[None]:
    """Show the progress of a run: live on a terminal, as lines elsewhere."""
    if not console.is_terminal or console.is_dumb_terminal:
        run.events.consumers.append(Lines(lambda line: console.print(line, soft_wrap=True), run))
        yield
        return
    status = Status(run)
    with Live(
        console=console,
        get_renderable=status.render,
        refresh_per_second=_REFRESHES,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ):
        run.events.consumers += [
            status,
            Lines(lambda line: console.print(line, no_wrap=True, overflow="ellipsis"), run),
        ]
        yield


class Status:
    """Consumes the events of a run and renders its status."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._phases: dict[str, str] = {}
        self._done: Counter[str] = Counter()
        self._current, self._since = "", 0.0

    def __call__(self, event: Event) -> None:
        match event:
            case PlanMade(plan):
                self._phases = {entry.name: entry.phase for entry in plan.selected}
            case TestStarted(test):
                self._current, self._since = test, self._run.seconds
            case TestEnded(test):
                self._done[self._phases.get(test, "")] += 1
                self._current = ""

    def render(self) -> RenderableType:
        now = Text(f"{figures(self._run)} of {self._run.target.budget.seconds:g}", "bold")
        return Group("", self._progress(), now, self._running())

    def _progress(self) -> Table:
        table = Table.grid(padding=(0, 2))
        planned = Counter(self._phases.values())
        for phase in PHASES:
            if total := planned[phase]:
                done = self._done[phase]
                table.add_row(phase, ProgressBar(total, done, width=_BAR), f"{done} of {total}")
        return table

    def _running(self) -> Text:
        if not self._current:
            return Text("starting" if not self._done else "")
        seconds = self._run.seconds - self._since
        return Text(f"{seconds:4.0f} s  {self._current}", no_wrap=True, overflow="ellipsis")


class Lines:
    """Prints a line for an event of a run."""

    def __init__(self, show: Print, run: Run) -> None:
        self._show, self._run = show, run
        self._phases: dict[str, str] = {}
        self._phase = ""
        self._done = 0
        self._shown: set[tuple[str, str]] = set()

    def __call__(self, event: Event) -> None:
        match event:
            case PlanMade(plan):
                self._phases = {entry.name: entry.phase for entry in plan.selected}
            case TestStarted(test):
                self._enter(self._phases.get(test, self._phase))
            case Decision(passed=False):
                self._found(event)
            case TestEnded():
                self._ended(event)

    def _enter(self, phase: str) -> None:
        if phase != self._phase:
            self._phase = phase
            self._show(Text(phase.capitalize(), "bold"))

    def _found(self, decision: Decision) -> None:
        """Print a rule once for each verdict."""
        settings = self._run.settings
        accepted = settings.baseline.reason(decision.identity) is not None
        verdict = "accepted" if accepted else settings.rules[decision.rule].contradicted
        if (decision.rule, verdict) in self._shown:
            return
        self._shown.add((decision.rule, verdict))
        line = Text("        ").append(f"{verdict:12}", STYLES[verdict])
        line.append(f" {decision.rule}: expected {_short(decision.expected)}; received {_short(decision.received)}")
        self._show(line)

    def _ended(self, event: TestEnded) -> None:
        self._done += 1
        line = Text(f"[{self._done:2}/{len(self._phases)}] ")
        line.append(f"{event.outcome:12}", STYLES[event.outcome])
        line.append(f" {event.seconds:5.1f} s  {event.test}")
        looked = event.outcome not in {"skipped", "inconclusive"}
        spent = counted(self._run.budget.spent, "credit")
        line.append(f"  {spent if looked else visible(event.reason.partition(chr(10))[0])}", "dim")
        self._show(line)


def _short(text: str) -> str:
    """Return the start of a text, on one line."""
    text = visible(" ".join(text.split()))
    return text if len(text) <= 100 else f"{text[:99]}…"

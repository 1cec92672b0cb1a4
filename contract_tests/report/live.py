"""What a terminal shows while a run goes on: the lines of a log, and below them where the run stands now."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from contract_tests.report.lines import Lines
from contract_tests.report.words import figures
from contract_tests.runner.events import Event, PlanMade, TestEnded, TestStarted
from contract_tests.runner.plan import PHASES
from contract_tests.runner.run import Run

_BAR = 24
_REFRESHES = 8


@contextmanager
def watching(console: Console, run: Run) -> Iterator[None]:
    """Show a run as it goes on: live on a terminal, by lines elsewhere."""
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
    """Consumes the events of a run, and renders where it stands."""

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
            case _:
                return

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

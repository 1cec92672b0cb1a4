"""All disasters of one scenario: record it, run it again with each failure, judge, and reduce what was found."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from .judging import KINDS, Judgement, Kind, judge
from .observed import Run
from .points import Disaster, Schedule, points_of

Mode = Literal["single", "pairs"]
Runner = Callable[[Schedule], Run]
MAX_RUNS = 2_000
MAX_OVERDUE = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A finding: the shortest schedule that shows it, and the run."""

    judgement: Judgement
    schedule: Schedule
    run: Run


class Campaign:
    """The runs of one scenario. recording: its run without a failure; findings: one of each kind; gave_up: whether
    failures were left out because too many runs were overdue.
    """

    def __init__(self, recording: Run) -> None:
        self.recording = recording
        self.worst_run = recording
        self.tried = 0
        self.findings: dict[Kind, Found] = {}
        self.gave_up = False
        self._overdue = 0
        self._add((), recording)

    @property
    def worst(self) -> int:
        """The most credits that a run has cost."""
        return self.worst_run.cost

    @property
    def found(self) -> list[Found]:
        """The findings, the worst first."""
        return [self.findings[kind] for kind in KINDS if kind in self.findings]

    def prove(
        self, runner: Runner, mode: Mode = "single", only: Schedule | None = None, without: Collection[str] = ()
    ) -> None:
        """Run the scenario with every failure at every point of every request, or with one schedule only.

        A second failure follows only where the client survived the first: else the pair is not the shortest schedule.
        A client that does not end by itself is not tried any further. without: points that are left out.
        """
        if self.recording.ended in ("hang", "storm"):
            return
        if only is not None:
            self._add(only, runner(only))
        else:
            self._try_all(runner, mode, without)
        for kind in list(self.findings):
            self._reduce(kind, runner)

    def _try_all(self, runner: Runner, mode: Mode, without: Collection[str]) -> None:
        survived: list[tuple[Schedule, Run]] = []
        for schedule, run in self._runs(_next(self.recording, (), without), runner):
            if not self._add(schedule, run):
                survived.append((schedule, run))
        for first, run in survived if mode == "pairs" else []:
            more = islice(_next(run, first, without), max(0, MAX_RUNS - self.tried))
            for schedule, other in self._runs(more, runner):
                self._add(schedule, other)

    def _runs(self, schedules: Iterable[Schedule], runner: Runner) -> Iterator[tuple[Schedule, Run]]:
        """Yield the runs, until too many are overdue, each of which takes long."""
        for schedule in schedules:
            if self._overdue == MAX_OVERDUE:
                self.gave_up = True
                return
            run = runner(schedule)
            self._overdue += run.overdue
            yield schedule, run

    def _add(self, schedule: Schedule, run: Run) -> list[Judgement]:
        """Judge a run, and keep the shortest schedule of each kind."""
        self.tried += 1
        if run.cost > self.worst:
            self.worst_run = run
        judgements = judge(run, self.recording)
        for each in judgements:
            found, known = Found(each, schedule, run), self.findings.get(each.kind)
            if known is None or _worth(found) < _worth(known):
                self.findings[each.kind] = found
        return judgements

    def _reduce(self, kind: Kind, runner: Runner) -> None:
        """Leave out each failure that the finding does not need."""
        for each in self.findings[kind].schedule:
            part = tuple(other for other in self.findings[kind].schedule if other != each)
            if part:  # without any failure it would have been found before
                self._add(part, runner(part))


def _worth(found: Found) -> tuple[int, bool]:
    """Return the order of findings of one kind: shorter ones first, then those that the client hides."""
    return len(found.schedule), not found.judgement.false_success


def _next(run: Run, after: Schedule, without: Collection[str]) -> Iterator[Schedule]:
    """Yield the schedule with one more failure at each point of each request that follows those of the schedule."""
    last = after[-1].request if after else 0
    for arrival in run.requests:
        if arrival.number > last:
            names = [name for name in points_of(arrival.operation) if name not in without]
            yield from ((*after, Disaster(arrival.number, name)) for name in names)

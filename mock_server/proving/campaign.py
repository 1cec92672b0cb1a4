"""All disasters of one scenario: record it, run it again with each failure, judge, and reduce what was found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from .judging import KINDS, Judgement, Kind, Run, judge
from .points import Disaster, Schedule, points_of

Mode = Literal["single", "pairs"]
Runner = Callable[[Schedule], Run]
_MAX_RUNS = 2_000


@dataclass(frozen=True, slots=True)
class Found:
    """A finding: the shortest schedule that shows it, and the run."""

    judgement: Judgement
    schedule: Schedule
    run: Run


@dataclass(slots=True)
class Campaign:
    """What was tried with one scenario. findings: one of each kind; worst: the most credits that a run has cost."""

    recording: Run
    tried: int = 0
    worst: int = 0
    findings: dict[Kind, Found] = field(default_factory=dict)

    def add(self, schedule: Schedule, run: Run) -> list[Judgement]:
        """Judge a run and return the judgements; keep the shortest schedule of each kind."""
        self.tried += 1
        self.worst = max(self.worst, run.cost)
        judgements = judge(run, self.recording)
        for each in judgements:
            known = self.findings.get(each.kind)
            if known is None or len(schedule) < len(known.schedule):
                self.findings[each.kind] = Found(each, schedule, run)
        return judgements

    @property
    def found(self) -> list[Found]:
        """The findings, the worst first."""
        return [self.findings[kind] for kind in KINDS if kind in self.findings]


def prove(runner: Runner, mode: Mode = "single", progress: Callable[[int], object] = int) -> Campaign:
    """Run a scenario with every failure at every point of every request, and return what was found.

    progress: is told the number of runs so far.
    """
    recording = runner(())
    campaign = Campaign(recording)
    campaign.add((), recording)
    followed: list[tuple[Schedule, Run]] = []
    for schedule in _next(recording, ()):
        run = runner(schedule)
        if not campaign.add(schedule, run):
            followed.append((schedule, run))
        progress(campaign.tried)
    # A second failure only where the first was survived: else the pair is not the shortest schedule.
    for first, run in followed if mode == "pairs" else []:
        for schedule in _next(run, first):
            if campaign.tried >= _MAX_RUNS:
                break
            campaign.add(schedule, runner(schedule))
            progress(campaign.tried)
    _reduce(campaign, runner)
    return campaign


def _next(run: Run, after: Schedule) -> Iterator[Schedule]:
    """Yield the schedule with one more failure at each point of each request that follows those of the schedule."""
    last = after[-1].request if after else 0
    for arrival in run.requests:
        if arrival.number > last:
            yield from ((*after, Disaster(arrival.number, name)) for name in points_of(arrival.operation))


def _reduce(campaign: Campaign, runner: Runner) -> None:
    """Replace each schedule by a part of it that shows the same and has no needless failure."""
    for kind, found in list(campaign.findings.items()):
        schedule = found.schedule
        for each in found.schedule:
            part = tuple(other for other in schedule if other != each)
            run = runner(part)
            judgement = next((it for it in judge(run, campaign.recording) if it.kind == kind), None)
            campaign.tried += 1
            if judgement:
                schedule = part
                campaign.findings[kind] = Found(judgement, part, run)

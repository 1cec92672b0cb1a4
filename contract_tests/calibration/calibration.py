"""One calibration: the next experiment is chosen and conducted until nothing that is left can be split within the cap."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from contract_tests.calibration.choice import Chosen, Experiment, Spent, asked, choose
from contract_tests.calibration.conduct import Conductor
from contract_tests.calibration.evidence import ENOUGH, Evidence, Numbering, samples, whole_space
from contract_tests.calibration.experiments import experiments
from contract_tests.calibration.readings import Remaining
from contract_tests.errors import (
    BudgetExceededError,
    InconclusiveError,
    RuleBrokenError,
    TargetLostError,
    UndocumentedLimitError,
)
from contract_tests.runner.run import Run

# A second exchange with the same outcome is worth less than any split of what is left.
_CONFIRMATION_BITS = 0.05
_DURATION_BITS = 0.01
_NOTHING_LEARNED = (InconclusiveError, UndocumentedLimitError, BudgetExceededError, RuleBrokenError)
Show = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """An experiment that was conducted. credits: those spent by it; trouble: why it showed less than it might."""

    experiment: Experiment
    credits: int
    trouble: str = ""


@dataclass
class Calibration:
    """Measures one service. stopped: why it ended early, None if it did not."""

    run: Run
    show: Show = print
    steps: list[Step] = field(default_factory=list)
    stopped: str | None = None

    def __post_init__(self) -> None:
        accounts = self.run.target.accounts
        self.evidence = Evidence(self.run, Numbering(self.run))
        self.experiments: Sequence[Experiment] = experiments({role: each.figure for role, each in accounts.items()})
        names = {name for each in self.experiments for question in each.questions for name in question.settings}
        self.space = whole_space(names)
        self._conductor = Conductor(self.run, self.evidence)

    @property
    def remaining(self) -> Remaining:
        """The readings that all outcomes leave."""
        return self.evidence.remaining(self.space)

    @property
    def measured(self) -> Remaining:
        """The readings that are left by the outcomes that several exchanges show."""
        return self.evidence.remaining(self.space, ENOUGH)

    def measure(self) -> None:
        """Conduct experiments as long as one is worth its price."""
        while chosen := self._next():
            self._conduct(chosen)
            if self.stopped:
                return

    def _next(self) -> Chosen | None:
        remaining = self.remaining
        return choose(self.experiments, self._spent, self.run.budget.left, remaining, self._worth(remaining))

    @property
    def _spent(self) -> Spent:
        return Spent(dict(self._conductor.images), tuple(step.experiment.name for step in self.steps))

    def _worth(self, remaining: Remaining) -> Callable[[Experiment], float]:
        def worth(experiment: Experiment) -> float:
            bits = 0.0
            for question in asked(experiment, remaining):
                left = remaining.information(question)
                bits += left or (_CONFIRMATION_BITS if samples(self.evidence, question) == 1 else 0)
            return bits + (_DURATION_BITS if self._times_again(experiment) else 0)

        return worth

    def _times_again(self, experiment: Experiment) -> bool:
        """Return whether a generation would be the second one that shows how long its engine takes."""
        return any(
            len(times) < ENOUGH and experiment.name.startswith(f"generation, {engine},")
            for engine, times in self.evidence.durations.items()
        )

    def _conduct(self, chosen: Chosen) -> None:
        experiment, before, trouble = chosen.experiment, self.run.budget.spent, ""
        try:
            self._conductor.conduct(experiment)
        except _NOTHING_LEARNED as error:
            trouble = str(error)
        except TargetLostError as error:
            trouble = self.stopped = str(error)
        step = Step(experiment, self.run.budget.spent - before, trouble)
        self.steps.append(step)
        self.show(self._line(step, chosen))

    def _line(self, step: Step, chosen: Chosen) -> str:
        left = len([factor for factor in self.remaining.factors if len(factor.rows) > 1])
        trouble = f": {self.run.masker(step.trouble)}" if step.trouble else ""
        return f"{step.experiment.name} ({step.credits} credits, {chosen.bits:.1f} bits), {left} settings open{trouble}"

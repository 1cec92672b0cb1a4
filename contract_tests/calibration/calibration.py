"""One calibration: experiments are chosen and conducted until nothing that is left can be split within the cap."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from contract_tests.calibration.bench import REFUSED_FOR
from contract_tests.calibration.choice import Chosen, Experiment, Spent, asked, choose
from contract_tests.calibration.conduct import Conductor
from contract_tests.calibration.evidence import ENOUGH
from contract_tests.calibration.measurement import Measurement, Step
from contract_tests.calibration.readings import Question, Remaining
from contract_tests.errors import (
    BudgetExceededError,
    InconclusiveError,
    RuleBrokenError,
    TargetLostError,
    UndocumentedLimitError,
)
from contract_tests.oracle.facts import counted
from contract_tests.recordings.quoting import quoted

# A second exchange with the same outcome is worth less than any split of what is left.
_CONFIRMATION_BITS = 0.05
_DURATION_BITS = 0.01
_NOTHING_LEARNED = (InconclusiveError, UndocumentedLimitError, RuleBrokenError)
Show = Callable[[str], None]


@dataclass
class Calibration(Measurement):
    """Measures one service. stopped: why it ended early, None if it did not."""

    show: Show = print
    stopped: str | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._conductor = Conductor(self.run, self.evidence)
        self._asked = Counter[Question]()

    def measure(self) -> None:
        """Conduct experiments as long as one is worth its price."""
        self._conductor.take_time()
        while chosen := self._next():
            self._conduct(chosen)
            if self.stopped:
                return
        self._conductor.look_again()

    def _next(self) -> Chosen | None:
        remaining = self.remaining
        # An account that was served though it should be refused would pay for what counts as free.
        served = {role for role in REFUSED_FOR if self._spent.by(role)}
        usable = [each for each in self.experiments if not served & set(each.roles) and self._conductor.allows(each)]
        return choose(usable, self._spent, self.run.budget.left, remaining, self._worth(remaining))

    @property
    def _spent(self) -> Spent:
        return Spent(dict(self._conductor.images), tuple(step.experiment.name for step in self.steps))

    def _worth(self, remaining: Remaining) -> Callable[[Experiment], float]:
        measured, known = self.measured, self.evidence.samples()

        # Many experiments ask the same.
        @cache
        def bits(question: Question) -> float:
            return self._bits(question, known[question], remaining, measured)

        @cache
        def worth(experiment: Experiment) -> float:
            total = sum(bits(question) for question in asked(experiment, remaining))
            return total + (_DURATION_BITS if self._times_again(experiment) else 0)

        return worth

    def _bits(self, question: Question, known: int, remaining: Remaining, measured: Remaining) -> float:
        """Return the worth of a question; none if it was answered often enough, or never when it was asked."""
        if known >= ENOUGH or self._asked[question] >= ENOUGH + known:
            return 0
        if bits := remaining.information(question):
            return question.weight * bits
        # One exchange settles what is left, and does not measure it.
        return _CONFIRMATION_BITS if known or measured.information(question) else 0

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
        except BudgetExceededError as error:
            trouble = str(error)
        except _NOTHING_LEARNED as error:
            trouble = quoted(str(error), self.sanitiser)
        except TargetLostError as error:
            trouble = self.stopped = quoted(str(error), self.sanitiser)
        step = Step(experiment, self.run.budget.spent - before, trouble)
        self.steps.append(step)
        self._asked.update(experiment.questions)
        self.show(self._line(step, chosen))

    def _line(self, step: Step, chosen: Chosen) -> str:
        left = len([factor for factor in self.remaining.factors if len(factor.rows) > 1])
        trouble = f": {step.trouble}" if step.trouble else ""
        cost = f"{counted(step.credits, 'credit')}, {chosen.bits:.1f} bits"
        return f"{step.experiment.name} ({cost}), {counted(left, 'setting')} open{trouble}"

"""The next experiment: the one that splits the readings that are left most per credit, free ones first."""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from contract_tests.calibration.readings import Question, Reading, Remaining

# An experiment that has shown nothing new three times will not.
MAX_TIMES = 3
# Less is a rounding error.
_NOTHING = 1e-9


@dataclass(frozen=True)
class Spent:
    """The images that each role has made so far, and the names of the experiments conducted, each time."""

    images: Mapping[str, int] = field(default_factory=dict)
    conducted: tuple[str, ...] = ()

    def by(self, role: str) -> int:
        return self.images.get(role, 0)

    def more(self, experiment: "Experiment", images: int) -> "Spent":
        role = experiment.payer
        return Spent({**self.images, role: self.by(role) + images}, (*self.conducted, experiment.name))


@dataclass(frozen=True)
class Cost:
    """A cost in credits. worst: the most after what was spent; paid: under a reading, which depends on `settings`.

    usual: the one to choose by, None for the average over the readings that are left.
    """

    worst: Callable[[Spent], int] = lambda _: 0
    paid: Callable[[Reading, Spent], int] = lambda _, __: 0
    settings: tuple[str, ...] = ()
    usual: float | None = None

    def expected(self, remaining: Remaining, spent: Spent) -> float:
        """Return the cost to choose by."""
        if self.usual is not None:
            return self.usual
        prices = [self.paid(reading, spent) for reading in remaining.about(self.settings)]
        return sum(prices) / len(prices)


FREE = Cost()


@dataclass(frozen=True)
class Experiment:
    """An experiment as data; its name selects the function that conducts it.

    roles: the accounts that it needs, first the one that pays. ready: whether it can show anything after what was
    spent. seconds: its usual duration. served: whether its generation is served under a reading; if not, only its
    first question has an outcome. incidental: what it may show on the way, which gives no worth. An image
    costs a credit, so that images of the day are counted along with them.
    """

    name: str
    questions: tuple[Question, ...]
    roles: tuple[str, ...] = ("primary",)
    cost: Cost = FREE
    ready: Callable[[Spent], bool] = lambda _: True
    seconds: float = 1.0
    served: Callable[[Reading], bool] = lambda _: True
    incidental: tuple[Question, ...] = ()

    @property
    def payer(self) -> str:
        return self.roles[0] if self.roles else "anonymous"


@dataclass(frozen=True)
class Chosen:
    """The next experiment, with the bits that it gives on average."""

    experiment: Experiment
    bits: float


def choose(
    experiments: Iterable[Experiment],
    spent: Spent,
    credits_left: int,
    remaining: Remaining,
    worth: Callable[[Experiment], float],
) -> Chosen | None:
    """Return the experiment that is worth most per credit among those that the cap allows, None if none is worth any.

    worth: of an experiment by itself. The paid one also counts for what a free one shows only after it.
    """
    known = list(experiments)
    rated: list[tuple[float, float, Experiment]] = []
    for experiment in known:
        worst = experiment.cost.worst(spent)
        often = spent.conducted.count(experiment.name) >= MAX_TIMES
        if often or worst > credits_left or not experiment.ready(spent):
            continue
        price = experiment.cost.expected(remaining, spent) if worst else 0
        # One that is certainly refused makes nothing.
        bits = worth(experiment) + (_enabled(experiment, known, spent, worth) if price else 0)
        if bits > _NOTHING:
            rated.append((bits / price if price else math.inf, bits, experiment))
    if not rated:
        return None
    _, bits, best = max(rated, key=lambda each: each[:2])
    return Chosen(best, bits)


def _enabled(
    experiment: Experiment, known: Iterable[Experiment], spent: Spent, worth: Callable[[Experiment], float]
) -> float:
    """Return the worth of the free experiments that are ready only after this one."""
    later = spent.more(experiment, 1)
    return sum(worth(each) for each in known if each.cost is FREE and each.ready(later) and not each.ready(spent))


def splitting(remaining: Remaining) -> Callable[[Experiment], float]:
    """Return the worth of an experiment as the bits that it gives about the readings that are left."""

    # Many experiments ask the same.
    information = cache(remaining.information)

    @cache
    def worth(experiment: Experiment) -> float:
        return sum(question.weight * information(question) for question in asked(experiment, remaining))

    return worth


def asked(experiment: Experiment, remaining: Remaining) -> tuple[Question, ...]:
    """Return the questions that may have an outcome: only the first if the generation is certainly not served."""
    may_be_served = any(experiment.served(reading) for reading in remaining.about(experiment.cost.settings))
    return experiment.questions if may_be_served else experiment.questions[:1]


def learn(remaining: Remaining, outcomes: Mapping[Question, Hashable]) -> Remaining:
    """Return the readings that are left after some outcomes; one that no reading predicts removes none."""
    for question, outcome in outcomes.items():
        remaining = remaining.after(question, outcome) or remaining
    return remaining

"""Calibrations without a service: a hidden reading answers every experiment as it predicts."""

import random
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from contract_tests.calibration.choice import Experiment, Spent, choose, learn, splitting
from contract_tests.calibration.readings import Question, Reading, Remaining, hypotheses

Order = Callable[[Sequence[Experiment], Spent, Remaining], Experiment | None]
_NO_CAP = 10**6


def space(experiments: Iterable[Experiment]) -> Remaining:
    """Return all readings of the settings that some experiment asks for."""
    names = {name for each in experiments for question in each.questions for name in question.settings}
    return hypotheses(sorted(names))


def drawn_reading(remaining: Remaining, seed: int) -> dict[str, Any]:
    """Return one of the readings by seed, with each setting's values equally likely."""
    chance = random.Random(seed)
    return {name: chance.choice(remaining.values(name)) for name in remaining.settings}


def adaptive(experiments: Sequence[Experiment], spent: Spent, remaining: Remaining) -> Experiment | None:
    """Return the experiment that splits most per credit."""
    chosen = choose(experiments, spent, _NO_CAP, remaining, splitting(remaining))
    return chosen.experiment if chosen else None


def in_fixed_order(experiments: Sequence[Experiment], spent: Spent, remaining: Remaining) -> Experiment | None:
    """Return the next experiment of the list that is ready, whatever was found before."""
    return next((each for each in experiments if each.name not in spent.conducted and each.ready(spent)), None)


def predicted(experiment: Experiment, truth: Reading) -> dict[Question, Hashable]:
    """Return what an experiment shows under a reading."""
    asked = experiment.questions if experiment.served(truth) else experiment.questions[:1]
    return {question: question.predict(truth) for question in asked}


def credits_to_name(truth: Reading, experiments: Sequence[Experiment], order: Order, goal: int) -> int:
    """Return the credits that are spent until no more than `goal` readings are left."""
    remaining, spent, credits_ = space(experiments), Spent(), 0
    while remaining.count > goal and (experiment := order(experiments, spent, remaining)):
        outcomes = predicted(experiment, truth)
        paid = experiment.cost.paid(truth, spent)
        remaining, spent, credits_ = learn(remaining, outcomes), spent.more(experiment, paid), credits_ + paid
    return credits_


def fewest_readings(truth: Reading, experiments: Sequence[Experiment]) -> int:
    """Return how many readings all experiments together leave."""
    remaining = space(experiments)
    for experiment in experiments:
        remaining = learn(remaining, predicted(experiment, truth))
    return remaining.count

"""The choice of experiments: what splits most per credit, within the cap."""

from collections.abc import Sequence

import pytest

from contract_tests.calibration.choice import Cost, Experiment, Spent, choose, splitting
from contract_tests.calibration.experiments import experiments
from contract_tests.calibration.readings import Question, all_readings, shows
from contract_tests.oracle.settings import load_settings
from contract_tests.runner.target import ROLES
from support.calibrating import (
    Order,
    adaptive,
    credits_to_name,
    drawn_reading,
    fewest_readings,
    in_fixed_order,
    space,
)

SEEDS, FEW = range(50), range(4)
MAX_SHARE = 0.6
ALL = {**dict.fromkeys(ROLES, 0), "low": 6, "almost_limited": 2}
SPACE = all_readings({"colour": ("red", "green", "blue", "white"), "sound": ("loud", "low")})


def priced(name: str, credits_: int, *questions: Question) -> Experiment:
    return Experiment(name, questions, cost=Cost(lambda _: credits_, lambda _, __: credits_))


def chosen(known: Sequence[Experiment], cap: int, spent: Spent | None = None) -> str | None:
    found = choose(known, spent or Spent(), cap, SPACE, splitting(SPACE))
    return found.experiment.name if found else None


def test_a_free_experiment_precedes_one_that_tells_more() -> None:
    assert chosen([priced("paid", 1, shows("colour")), priced("free", 0, shows("sound"))], 10) == "free"


def test_of_two_free_experiments_the_one_that_splits_more_is_first() -> None:
    assert chosen([priced("sound", 0, shows("sound")), priced("colour", 0, shows("colour"))], 0) == "colour"


def test_bits_count_per_credit() -> None:
    assert (
        chosen([priced("two bits for 3", 3, shows("colour")), priced("one for 1", 1, shows("sound"))], 3) == "one for 1"
    )


def test_nothing_beyond_the_cap_is_chosen() -> None:
    assert chosen([priced("paid", 4, shows("colour"))], 3) is None


def test_nothing_that_cannot_split_is_chosen() -> None:
    certain = Question("certain", ("colour",), lambda _: "the same")
    assert chosen([priced("free", 0, certain)], 3) is None


def test_an_experiment_without_a_result_is_not_repeated_forever() -> None:
    free = priced("free", 0, shows("colour"))
    assert chosen([free], 0, Spent(conducted=("free",) * 2)) == "free"
    assert chosen([free], 0, Spent(conducted=("free",) * 3)) is None


def test_a_paid_experiment_counts_what_it_makes_possible() -> None:
    listed = Experiment("list", (shows("colour"),), ready=lambda spent: spent.by("primary") >= 1)
    assert chosen([listed, priced("loud", 1, shows("sound"))], 1) == "loud"
    assert chosen([listed, priced("nothing by itself", 1)], 1) == "nothing by itself"
    assert chosen([listed], 1) is None


@pytest.fixture(scope="module")
def known() -> list[Experiment]:
    return experiments(ALL)


def total(known: Sequence[Experiment], order: Order, seeds: Sequence[int]) -> int:
    """Return the credits that name the reading of every seed, as far as experiments can."""
    credits_ = 0
    for seed in seeds:
        truth = drawn_reading(space(known), seed)
        credits_ += credits_to_name(truth, known, order, fewest_readings(truth, known))
    return credits_


@pytest.mark.parametrize("seeds", [FEW, pytest.param(SEEDS, marks=pytest.mark.slow)])
def test_the_reading_is_named_with_at_most_60_percent_of_the_credits_of_a_fixed_order(
    known: list[Experiment], seeds: Sequence[int]
) -> None:
    places = list(load_settings())
    in_order_of_the_rules = sorted(
        known, key=lambda each: min(places.index(name) for question in each.questions for name in question.settings)
    )
    fixed = total(in_order_of_the_rules, in_fixed_order, seeds)
    assert total(known, adaptive, seeds) <= MAX_SHARE * fixed


def test_the_same_reading_is_named_by_the_same_experiments(known: list[Experiment]) -> None:
    truth = drawn_reading(space(known), 7)
    goal = fewest_readings(truth, known)
    assert credits_to_name(truth, known, adaptive, goal) == credits_to_name(truth, known, adaptive, goal)

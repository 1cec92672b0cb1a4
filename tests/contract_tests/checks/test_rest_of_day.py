"""Experiments with the rest of a day, against services that count in every way."""

from typing import Any

import pytest

from contract_tests.checks.experiment import DAILY, Experiment
from contract_tests.checks.rest_of_day import use_up_the_day
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.quota import Reading, daily_readings
from support.accounting import Bench, Service

READINGS = daily_readings()
HARMLESS = [reading for reading in READINGS if "DAILY-429" not in reading.breaks]
LEFT = (1, 2, 3, 5)


def use_up(reading: Reading, left: int, **service: Any) -> Bench:
    bench = Bench(Service(reading, left, DAILY, **service).answer, "almost_limited", left)
    use_up_the_day(Experiment(bench.api, "almost_limited", bench.verdict, bench.run, DAILY))
    return bench


@pytest.mark.parametrize("left", LEFT)
def test_the_documented_limit_passes(left: int) -> None:
    bench = use_up(HARMLESS[0], left)
    assert bench.rules(passed=True) >= {"DAILY-429", "DAILY-RESET"}
    assert bench.rules(passed=False) == set()
    assert bench.run.budget.spent == left


@pytest.mark.parametrize("left", LEFT)
def test_a_limit_of_images_at_once_changes_nothing(left: int) -> None:
    bench = use_up(HARMLESS[0], left, largest=1)
    assert bench.rules(passed=False) == set()
    assert "DAILY-429" in bench.rules(passed=True)


@pytest.mark.parametrize("left", LEFT)
@pytest.mark.parametrize("reading", HARMLESS)
def test_no_assumption_makes_the_documented_rule_violated(reading: Reading, left: int) -> None:
    try:
        bench = use_up(reading, left)
    except InconclusiveError:
        # Refused requests have used up what was left, and nothing else shows.
        assert reading.counted
        return
    assert bench.rules(passed=False) <= set(reading.breaks)
    # No other client holds the lock here, and no generation fails.
    unseen = reading.counted in ({"locked"}, {"failed"})
    assert not reading.breaks or unseen or "DAILY-RESET" not in bench.rules(passed=True)


@pytest.mark.parametrize(
    ("slack", "left"),
    [(1, 1), (1, 2), (-1, 2), (-1, 3), pytest.param(9, 1, id="none")],
)
def test_another_limit_is_a_violation(slack: int, left: int) -> None:
    reading = Reading("", ("DAILY-429",), HARMLESS[0].units, slack=slack)
    assert "DAILY-429" in use_up(reading, left).rules(passed=False)


def test_a_limit_that_is_reached_already_is_inconclusive() -> None:
    reading = Reading("", (), HARMLESS[0].units, slack=-1)
    with pytest.raises(InconclusiveError, match="fewer than the 1 images left in the target file, or a refused"):
        use_up(reading, 1)

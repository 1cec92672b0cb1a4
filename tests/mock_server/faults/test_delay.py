"""Delays: fixed, uniform, log-normal."""

from random import Random
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.faults.base import DAY
from mock_server.faults.request import Delay

SECONDS = st.floats(0, DAY)


def drawn(delay: Delay, seed: int = 0) -> list[float]:
    chance = Random(seed)
    return [delay.delay(chance) for _ in range(1000)]


def test_a_fixed_delay_is_always_the_same() -> None:
    assert set(drawn(Delay(seconds=1.5))) == {1.5}


def test_no_delay_at_all_is_a_delay_too() -> None:
    assert set(drawn(Delay(seconds=0))) == {0}


def test_a_uniform_delay_fills_its_range() -> None:
    delays = drawn(Delay(low=1, high=3))
    assert 1 <= min(delays) < 1.1
    assert 2.9 < max(delays) <= 3
    assert 1.9 < median(delays) < 2.1


def test_a_log_normal_delay_lies_around_its_median_with_a_long_tail() -> None:
    delays = drawn(Delay(median=2, sigma=1))
    assert 1.8 < median(delays) < 2.2
    assert max(delays) > 20


def test_the_same_chance_gives_the_same_delays() -> None:
    assert drawn(Delay(median=2, sigma=1), seed=1) == drawn(Delay(median=2, sigma=1), seed=1)
    assert drawn(Delay(median=2, sigma=1), seed=1) != drawn(Delay(median=2, sigma=1), seed=2)


@given(st.floats(0, DAY, exclude_min=True), st.floats(0, 10, exclude_min=True), st.integers())
def test_a_log_normal_delay_is_never_negative_nor_longer_than_a_day(middle: float, sigma: float, seed: int) -> None:
    assert 0 <= Delay(median=middle, sigma=sigma).delay(Random(seed)) <= DAY


@given(SECONDS, SECONDS, st.integers())
def test_a_uniform_delay_stays_in_its_range(one: float, other: float, seed: int) -> None:
    low, high = sorted((one, other))
    assert low <= Delay(low=low, high=high).delay(Random(seed)) <= high


@pytest.mark.parametrize(
    "parameters",
    [{}, {"low": 1}, {"high": 1}, {"median": 1}, {"sigma": 1}, {"low": 1, "sigma": 1}, {"seconds": 1, "high": 2}],
)
def test_it_takes_exactly_one_of_its_three_forms(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^it takes either seconds, or low and high, or median and sigma$"):
        Delay(**parameters)


def test_a_range_upside_down_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^low is above high$"):
        Delay(low=2, high=1)

"""Ratios, and turns."""

from benchmarks.figures import ratios, rotated


def test_ratios_are_taken_within_a_round() -> None:
    slow_second_round = ratios({0: 100, 1: 50, 2: 100}, {0: 200, 1: 100, 2: 200})
    assert slow_second_round == [0.5, 0.5, 0.5]


def test_a_round_without_both_values_is_ignored() -> None:
    assert ratios({0: 100, 1: 30}, {0: 200, 2: 1}) == [0.5]
    assert ratios({0: 100}, {}) == []
    assert ratios({}, {0: 100}) == []


def test_each_item_is_first_once() -> None:
    turns = ["".join(rotated("abc", number)) for number in range(4)]
    assert turns == ["abc", "bca", "cab", "abc"]
    assert rotated([], 3) == []

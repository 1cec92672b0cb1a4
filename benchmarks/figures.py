"""Ratios of samples, and the order of turns."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def ratios(values: Mapping[int, float], base: Mapping[int, float]) -> list[float]:
    """Return value/base of each round that has both.

    Within a round both were measured under the same conditions, so the ratio varies less than either.
    """
    return [values[number] / base[number] for number in sorted(values) if base.get(number)]


def rotated(items: Sequence[T], by: int) -> list[T]:
    """Return the items in order, beginning with number `by`, so that each round begins with a different one."""
    start = by % len(items) if items else 0
    return [*items[start:], *items[:start]]

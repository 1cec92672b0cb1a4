"""Medians, spreads, ratios: what samples come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Spread:
    """The middle of some values, and how far they lie apart."""

    median: float
    least: float
    most: float


def spread(values: Sequence[float]) -> Spread:
    return Spread(median(values), min(values), max(values))


def ratio(values: Mapping[int, float], base: Mapping[int, float]) -> Spread | None:
    """Compare by rounds: return what value/base is in the rounds that have both, or None where none has.

    Within a round both were measured on the same machine in the same mood, so the ratio is steadier than either.
    """
    ratios = [values[number] / base[number] for number in sorted(values) if base.get(number)]
    return spread(ratios) if ratios else None


def rotated(items: Sequence[T], by: int) -> list[T]:
    """Return the items in turn, beginning with another one: whoever comes first in one round does not in the next."""
    start = by % len(items) if items else 0
    return [*items[start:], *items[:start]]

"""What is done with samples."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def ratios(values: Mapping[int, float], base: Mapping[int, float]) -> list[float]:
    """Compare by rounds: return what value/base is in each round that has both.

    Within a round both were measured on the same machine in the same mood, so the ratio is steadier than either.
    """
    return [values[number] / base[number] for number in sorted(values) if base.get(number)]


def rotated(items: Sequence[T], by: int) -> list[T]:
    """Return the items in turn, beginning with another one: whoever comes first in one round does not in the next."""
    start = by % len(items) if items else 0
    return [*items[start:], *items[:start]]

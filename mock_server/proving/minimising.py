"""Delta debugging: the smallest part of a list that still fails."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")


def minimise(items: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> Sequence[T]:
    """Return a part of `items`, which fail together, of which no single item can be removed. (Zeller's ddmin.)"""
    parts = 2
    while len(items) > 1:
        smaller = _smaller(items, parts, fails)
        if smaller is not None:
            # The parts of a chunk are new; those of a complement are the same as before.
            parts = 2 if len(smaller) <= -(-len(items) // parts) else max(parts - 1, 2)
            items = smaller
        elif parts >= len(items):
            break
        else:
            parts = min(parts * 2, len(items))
    return items


def _smaller(items: Sequence[T], parts: int, fails: Callable[[Sequence[T]], bool]) -> Sequence[T] | None:
    """Return a chunk or a complement of a chunk that fails, or None."""
    bounds = [len(items) * number // parts for number in range(parts + 1)]
    chunks = list(pairwise(bounds))
    candidates = [items[begin:end] for begin, end in chunks]
    if parts > 2:  # of two chunks, each is the complement of the other
        candidates += [[*items[:begin], *items[end:]] for begin, end in chunks]
    return next((candidate for candidate in candidates if candidate and fails(candidate)), None)

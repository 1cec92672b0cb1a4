"""Readings: every combination of values that the sources leave open, and those that are left after some outcomes.

A reading has one value for each setting. All readings together are a product; what is left of them after an outcome
is kept as a product of smaller factors, each with the settings that depend on each other.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise, product
from operator import itemgetter
from typing import Any, NamedTuple

from contract_tests.oracle.settings import load_settings

# A service that takes more than the last of these has no limit that matters to a client.
_EDGES = {
    "max_images": (1, 2, 3, 4, 5, 6, 8, 10, 20, 100),
    "max_text_length": (100, 255, 500, 1000, 2000, 4000, 8000, 32_000, 100_000),
    "max_upload_bytes": (2**14, 2**18, 2**20, 2**21, 4 * 2**20, 10 * 2**20),
}

Reading = Mapping[str, Any]
Row = tuple[Any, ...]


class Range(NamedTuple):
    """A range of whole numbers, both ends included; such a reading predicts any number in it."""

    least: int
    most: int

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and self.least <= number <= self.most


def _ranges(edges: Sequence[int]) -> tuple[Range, ...]:
    return tuple(Range(before + 1, edge) for before, edge in pairwise((0, *edges)))


RANGES: Mapping[str, tuple[Range, ...]] = {name: _ranges(edges) for name, edges in _EDGES.items()}


@dataclass(frozen=True)
class Question:
    """Something that an experiment shows about some settings. predict: what it shows under a reading.

    weight: how much a client depends on it, 1 for most; it multiplies the bits.
    """

    name: str
    settings: tuple[str, ...]
    predict: Callable[[Reading], Hashable]
    weight: float = 1.0

    def fits(self, reading: Reading, outcome: Hashable) -> bool:
        """Return whether a reading predicts the outcome."""
        predicted = self.predict(reading)
        return predicted == outcome or (isinstance(predicted, Range) and outcome in predicted)


def shows(setting: str) -> Question:
    """Return the question whose outcome is the value of a setting."""
    return Question(setting, (setting,), itemgetter(setting))


@dataclass(frozen=True)
class Factor:
    """Settings that depend on each other, with the combinations of their values that are left."""

    settings: tuple[str, ...]
    rows: tuple[Row, ...]

    def readings(self) -> Iterator[Reading]:
        return (dict(zip(self.settings, row, strict=True)) for row in self.rows)

    def values(self, setting: str) -> tuple[Any, ...]:
        """Return the values that are left of one setting."""
        place = self.settings.index(setting)
        return tuple(dict.fromkeys(row[place] for row in self.rows))

    def only(self, settings: Sequence[str]) -> "Factor":
        """Return the factor with some of its settings alone."""
        places = [self.settings.index(name) for name in settings]
        return Factor(tuple(settings), tuple(dict.fromkeys(tuple(row[place] for place in places) for row in self.rows)))

    def times(self, other: "Factor") -> "Factor":
        rows = tuple(mine + theirs for mine, theirs in product(self.rows, other.rows))
        return Factor(self.settings + other.settings, rows)

    def split(self) -> list["Factor"]:
        """Return factors whose product this is, as small as single settings allow."""
        found, rest = [], self
        for name in self.settings:
            others = [each for each in rest.settings if each != name]
            if not others:
                break
            one, remainder = rest.only([name]), rest.only(others)
            if len(one.rows) * len(remainder.rows) == len(rest.rows):
                found.append(one)
                rest = remainder
        return [*found, rest]


@dataclass(frozen=True)
class Remaining:
    """The readings that are left, as factors without a common setting."""

    factors: tuple[Factor, ...]

    @property
    def count(self) -> int:
        return math.prod(len(factor.rows) for factor in self.factors)

    @property
    def settings(self) -> tuple[str, ...]:
        return tuple(name for factor in self.factors for name in factor.settings)

    def values(self, setting: str) -> tuple[Any, ...]:
        """Return the values that are left of one setting."""
        return next(factor.values(setting) for factor in self.factors if setting in factor.settings)

    def outcomes(self, question: Question) -> Counter[Hashable]:
        """Return every outcome that is left of a question, with the number of readings that predict it."""
        return Counter(question.predict(reading) for reading in self._about(question.settings).readings())

    def about(self, settings: Sequence[str]) -> list[Reading]:
        """Return the readings of some settings that are left, of those that depend on them too."""
        return list(self._about(settings).readings())

    def information(self, question: Question) -> float:
        """Return the bits that the outcome of a question gives on average, if all readings are equally likely."""
        counts = self.outcomes(question).values()
        total = sum(counts)
        return -sum(count / total * math.log2(count / total) for count in counts) + 0.0

    def after(self, question: Question, outcome: Hashable) -> "Remaining | None":
        """Return what an outcome leaves, None if no reading that is left predicts it."""
        whole = self._about(question.settings)
        kept = tuple(
            row for row, reading in zip(whole.rows, whole.readings(), strict=True) if question.fits(reading, outcome)
        )
        if not kept:
            return None
        others = tuple(factor for factor in self.factors if not set(factor.settings) & set(question.settings))
        return Remaining((*others, *Factor(whole.settings, kept).split()))

    def _about(self, settings: Sequence[str]) -> Factor:
        """Return the product of the factors with any of the settings."""
        concerned = (factor for factor in self.factors if set(factor.settings) & set(settings))
        return reduce(Factor.times, concerned, Factor((), ((),)))


def all_readings(values: Mapping[str, Sequence[Any]]) -> Remaining:
    """Return every combination of the values of each setting."""
    return Remaining(tuple(Factor((name,), tuple((value,) for value in each)) for name, each in values.items()))


def hypotheses(settings: Iterable[str]) -> Remaining:
    """Return every reading of the settings: the values that the rules list for each, and ranges of a number."""
    known = load_settings()
    return all_readings({name: RANGES.get(name) or known[name].values for name in settings})

"""A draw: one way for each freedom, by seed; it can be printed, repeated, and reduced."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.wrong_servers.drawn.freedoms import Way, all_freedoms

# The share of freedoms that keep their default; a server that differs in everything hides most of what it does.
_DEFAULTS = (0.9, 0.7, 0.4)


@dataclass(frozen=True)
class Draw:
    """The ways that are not the default, by freedom."""

    ways: Mapping[str, Way]

    def __getitem__(self, freedom: str) -> Any:
        return self.ways.get(freedom, all_freedoms()[freedom].default).value

    def __str__(self) -> str:
        return ", ".join(f"{freedom}: {way.name}" for freedom, way in self.ways.items()) or "every default"

    @property
    def differs(self) -> frozenset[str]:
        """The assumptions that the server contradicts wherever that can be seen."""
        return frozenset[str]().union(*(way.differs for way in self.ways.values()))

    @property
    def may_differ(self) -> frozenset[str]:
        """The assumptions that may be found different."""
        return self.differs.union(*(way.may for way in self.ways.values()))

    def without(self, freedoms: Iterable[str]) -> "Draw":
        """Return the draw with the default for some freedoms."""
        dropped = set(freedoms)
        return Draw({name: way for name, way in self.ways.items() if name not in dropped})


def draw(seed: int) -> Draw:
    """Return the draw of a seed."""
    chance = random.Random(seed)
    share = chance.choice(_DEFAULTS)
    chosen = {
        name: chance.choice(freedom.ways[1:]) for name, freedom in all_freedoms().items() if chance.random() > share
    }
    return Draw(chosen)


def named(**ways: str) -> Draw:
    """Return a draw by the names of its ways; underscores stand for the spaces in the name of a freedom."""
    return from_names({name.replace("_", " "): way for name, way in ways.items()})


def from_names(names: Mapping[str, str]) -> Draw:
    """Return a draw by the names of freedoms and ways; raise LookupError for an unknown one."""
    found = {}
    for freedom, name in names.items():
        known = {way.name: way for way in all_freedoms()[freedom].ways}
        found[freedom] = known[name]
    return Draw(found)


def smallest(drawn: Draw, accused: Callable[[Draw], object]) -> Draw:
    """Return the smallest draw found that is still accused: first by halves, then one by one."""
    size = len(drawn.ways)
    while size:
        start = 0
        while start < len(drawn.ways):
            shorter = drawn.without(list(drawn.ways)[start : start + size])
            if accused(shorter):
                drawn = shorter
            else:
                start += size
        size //= 2
    return drawn

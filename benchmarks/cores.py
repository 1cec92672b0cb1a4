"""The cores of the server and of the load generator."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Cores:
    """The cores of both sides. They are the same on a single-core machine."""

    server: frozenset[int]
    load: frozenset[int]

    @property
    def pinned(self) -> bool:
        return self.server != self.load

    def __str__(self) -> str:
        if not self.pinned:
            return "one core only: server and load share it, unpinned"
        return f"server on core {_listed(self.server)}, load on {_listed(self.load)}"


def split_cores(available: Collection[int]) -> Cores:
    """Return the last core for the server and the others for the load."""
    *others, last = sorted(available)
    return Cores(frozenset({last}), frozenset(others or [last]))


def ours() -> Cores:
    """Return the split of the cores that this process may use."""
    return split_cores(os.sched_getaffinity(0))


@contextmanager
def on(cores: Collection[int]) -> Iterator[None]:
    """Keep this process, and those that it starts meanwhile, on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _listed(cores: Collection[int]) -> str:
    return ", ".join(map(str, sorted(cores)))

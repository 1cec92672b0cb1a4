"""Which core the server gets, and which the load."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Cores:
    """The cores of both sides. They are the same where there is only one."""

    server: frozenset[int]
    load: frozenset[int]

    @property
    def pinned(self) -> bool:
        return self.server != self.load

    def __str__(self) -> str:
        if not self.pinned:
            return "one core only: server and load share it, unpinned"
        return f"server on core {_listed(self.server)}, load on {_listed(self.load)}"


def share_out(available: Collection[int]) -> Cores:
    """Give the server the last core and the load the others."""
    *others, last = sorted(available)
    return Cores(frozenset({last}), frozenset(others or [last]))


def ours() -> Cores:
    """Share out the cores that this process may use."""
    return share_out(os.sched_getaffinity(0))


@contextmanager
def on(cores: Collection[int]) -> Iterator[None]:
    """Stay on these cores, as all does that is started meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _listed(cores: Collection[int]) -> str:
    return ", ".join(map(str, sorted(cores)))

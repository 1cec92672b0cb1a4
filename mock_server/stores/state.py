"""A state: all that a server keeps, and the clock that goes with it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from mock_server.domain.clock import Clock

from .memory import NoNeighbours
from .protocol import Journal, Neighbours, Shelf, Store


async def _nothing() -> None:
    """Do nothing: memory needs no closing."""


@dataclass(frozen=True, slots=True)
class State:
    """Where worlds, requests and uploads are kept. clock: tells the time that the store tells; shown: what people are
    told of where it is, without a secret; close: lets go of connections; neighbours: who shares it.
    """

    store: Store
    journal: Journal
    sources: Shelf[bytes]
    clock: Clock
    shown: str = "memory"
    close: Callable[[], Coroutine[Any, Any, None]] = _nothing
    neighbours: Neighbours = field(default_factory=NoNeighbours)

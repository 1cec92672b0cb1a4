"""A state: all that a server keeps, and the clock that goes with it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from mock_server.domain.clock import Clock

from .protocol import Journal, Neighbours, Shelf, Store


async def _nothing() -> None:
    """Do nothing: memory needs no closing."""


@dataclass(frozen=True, slots=True)
class State:
    """Where worlds, requests and uploads are kept. clock: tells the time that the store tells; shown: what people are
    told of where it is, without a secret; close: lets go of connections; neighbours: who shares it, None
    for nobody.
    """

    store: Store
    journal: Journal
    sources: Shelf[bytes]
    clock: Clock
    shown: str = "memory"
    close: Callable[[], Coroutine[Any, Any, None]] = _nothing
    neighbours: Neighbours | None = None

    async def join(self) -> None:
        """Be there for whoever shares it."""
        if self.neighbours:
            await self.neighbours.join()

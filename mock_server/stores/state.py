"""The state: all that a server stores, and the clock that goes with it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from mock_server.domain.clock import Clock

from .protocol import Bus, Journal, Shelf, Store


async def _nothing() -> None:
    """Do nothing: there are no connections to close."""


@dataclass(frozen=True, slots=True)
class State:
    """Where worlds, requests and uploads are kept. clock: shows the store's time; shown: where it is, without a secret;
    close: closes the connections; bus: to the processes that share the state, None where it is not shared.
    """

    store: Store
    journal: Journal
    sources: Shelf[bytes]
    clock: Clock
    shown: str = "memory"
    close: Callable[[], Coroutine[Any, Any, None]] = _nothing
    bus: Bus | None = None

    async def connect(self) -> None:
        """Receive messages from the processes that share the state, as soon as that is possible."""
        if self.bus:
            await self.bus.connect()

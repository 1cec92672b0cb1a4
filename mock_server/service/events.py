"""Events: what happens on the server, told to whoever listens."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

Event = Mapping[str, Any]
_KEPT = 1_000


class Events:
    """The listeners of one server. One that does not keep up loses the oldest events, and is told so."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Event]] = set()

    @property
    def heard(self) -> bool:
        """Whether anybody listens: what costs something to tell need not be told otherwise."""
        return bool(self._queues)

    def tell(self, kind: str, world: str, **details: object) -> None:
        """Tell all listeners. kind: "request", "world" or "reset"; world: its name, "" for all or none."""
        for queue in self._queues:
            if queue.full():
                with suppress(asyncio.QueueEmpty):
                    queue.get_nowait()
                    queue.get_nowait()
                queue.put_nowait({"type": "lost"})
            queue.put_nowait({"type": kind, "world": world, **details})

    async def listen(self, pause: float) -> AsyncIterator[Event | None]:
        """Yield events as they come, and None after each pause of so many seconds."""
        queue: asyncio.Queue[Event] = asyncio.Queue(_KEPT)
        self._queues.add(queue)
        try:
            while True:
                try:
                    yield await asyncio.wait_for(queue.get(), pause)
                except TimeoutError:
                    yield None
        finally:
            self._queues.discard(queue)

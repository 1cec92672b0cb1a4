"""Events: what happens on the server, told to whoever listens."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Event = Mapping[str, Any]
Relay = Callable[[Event], None]
_KEPT = 1_000


@dataclass(eq=False, slots=True)
class _Listener:
    """One who listens. world: whose events are wanted, None for all; lost: how many there was no room for."""

    world: str | None
    queue: asyncio.Queue[Event] = field(default_factory=lambda: asyncio.Queue(_KEPT))
    lost: int = 0

    def hear(self, event: Event) -> None:
        if self.world is not None and event["world"] not in (self.world, None):
            return
        if self.queue.full():
            self.queue.get_nowait()
            self.lost += 1
        self.queue.put_nowait(event)

    async def next(self, pause: float) -> Event | None:
        if self.lost:
            lost, self.lost = self.lost, 0
            return {"type": "lost", "world": self.world, "events": lost}
        try:
            return await asyncio.wait_for(self.queue.get(), pause)
        except TimeoutError:
            return None


class Events:
    """The listeners of one server. One that does not keep up loses the oldest events, and is told how many."""

    def __init__(self) -> None:
        self._listeners: set[_Listener] = set()
        self._relays: dict[str, Relay] = {}

    @property
    def heard(self) -> bool:
        """Whether anybody listens: what costs something to tell need not be told otherwise."""
        return bool(self._listeners or self._relays)

    @property
    def heard_here(self) -> bool:
        """Whether anybody listens in this process."""
        return bool(self._listeners)

    def relay(self, where: str, relay: Relay | None) -> None:
        """Have what happens in this process told elsewhere too, or, with None, no longer."""
        self._relays.pop(where, None)
        if relay:
            self._relays[where] = relay

    def tell(self, kind: str, world: str | None, **details: object) -> None:
        """Tell who listens. kind: "request", "world" or "reset"; world: its name, "" for nobody's, None for all."""
        event = {"type": kind, "world": world, **details}
        self.pass_on(event)
        for relay in self._relays.values():
            relay(event)

    def pass_on(self, event: Event) -> None:
        """Tell who listens in this process."""
        for listener in self._listeners:
            listener.hear(event)

    async def listen(self, pause: float, world: str | None = None) -> AsyncGenerator[Event | None, None]:
        """Yield events as they come, of one world or of all, and None at first and after each pause of so many seconds.

        From the first None on, none is missed: what there is no room for is told as {"type": "lost", "events": N}.
        """
        listener = _Listener(world)
        self._listeners.add(listener)
        try:
            yield None
            while True:
                yield await listener.next(pause)
        finally:
            self._listeners.discard(listener)

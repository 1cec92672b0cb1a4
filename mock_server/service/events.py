"""Events: what happens on the server, for its listeners."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Event = Mapping[str, Any]
_MAX_QUEUED_EVENTS = 1_000
_MAX_GATHERED_WORLDS = 100


@dataclass(eq=False, slots=True)
class _Listener:
    """A listener. world: the one whose events it receives, None for all; lost: how many events did not fit."""

    world: str | None
    queue: asyncio.Queue[Event] = field(default_factory=lambda: asyncio.Queue(_MAX_QUEUED_EVENTS))
    lost: int = 0

    def put(self, event: Event) -> None:
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


@dataclass(eq=False, slots=True)
class _Gatherer:
    """A listener that receives what happened since it last looked as one event, whatever the traffic.

    requests: how many there were, by world; changed: worlds; resets: worlds, None for all; more: whether further worlds
    are not named; sent: whether one was sent since the last pause.
    """

    world: str | None
    pause: float
    requests: dict[str, int] = field(default_factory=dict)
    changed: dict[str, None] = field(default_factory=dict)
    resets: dict[str | None, None] = field(default_factory=dict)
    more: bool = False
    sent: bool = False
    happened: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, event: Event) -> None:
        name = event["world"]
        if self.world is not None and name not in (self.world, None):
            return
        match event["type"]:
            case "request":
                self._count(self.requests, name, self.requests.get(name, 0) + 1)
            case "world":
                self._count(self.changed, name, None)
            case _:
                self._count(self.resets, name, None)
        self.happened.set()

    def _count(self, counts: dict[Any, Any], name: str | None, value: int | None) -> None:
        if name in counts or len(counts) < _MAX_GATHERED_WORLDS:
            counts[name] = value
        else:
            self.more = True

    async def next(self, pause: float) -> Event | None:
        if self.sent:
            await asyncio.sleep(self.pause)
            self.sent = False
        try:
            await asyncio.wait_for(self.happened.wait(), pause)
        except TimeoutError:
            return None
        return self._gathered()

    def _gathered(self) -> Event:
        event = {
            "type": "changes",
            "world": self.world,
            "requests": self.requests,
            "worlds": list(self.changed),
            "resets": list(self.resets),
            "more": self.more,
        }
        self.requests, self.changed, self.resets, self.more = {}, {}, {}, False
        self.happened.clear()
        self.sent = True
        return event


class Events:
    """The listeners of one process. A slow one loses the oldest events, and receives how many.

    forward: sends events to other processes; None while no listener there wants them.
    """

    def __init__(self) -> None:
        self._listeners: set[_Listener | _Gatherer] = set()
        self.forward: Callable[[Event], None] | None = None

    @property
    def wanted(self) -> bool:
        """Whether there is a listener, in this process or another; without one, no event is needed."""
        return bool(self._listeners or self.forward)

    @property
    def has_listeners(self) -> bool:
        """Whether there is a listener in this process."""
        return bool(self._listeners)

    def publish(self, kind: str, world: str | None, **details: object) -> None:
        """Send an event to all listeners. kind: "request", "world" or "reset"; world: its name, "" for none, None
        for all.
        """
        event = {"type": kind, "world": world, **details}
        self.deliver(event)
        if self.forward:
            self.forward(event)

    def deliver(self, event: Event) -> None:
        """Send an event to the listeners of this process."""
        for listener in self._listeners:
            listener.put(event)

    async def listen(
        self, pause: float, world: str | None = None, gather: float | None = None
    ) -> AsyncGenerator[Event | None, None]:
        """Yield events of one world or of all, and None at first and after each pause. pause: in seconds; gather: yield
        instead what happened within so many seconds, as one event.

        From the first None on, none is missed: those that did not fit are counted in {"type": "lost", "events": N}.
        """
        listener = _Listener(world) if gather is None else _Gatherer(world, gather)
        self._listeners.add(listener)
        try:
            yield None
            while True:
                yield await listener.next(pause)
        finally:
            self._listeners.discard(listener)

"""Changes: reports to the other processes that share the state, and the reaction to theirs.

Every process reads the same state. A report only tells a process to read it again, and may be
lost: a request that waits then continues later, with the same result.
"""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import suppress
from typing import Any

import msgspec

from mock_server.stores.protocol import Bus, StoreUnavailableError

from .events import Event, Events
from .scheduler import Scheduler

_CHANGES, _EVENTS = "changes", "events"


class _Message(msgspec.Struct, tag=True, array_like=True):
    """A message on the bus."""


class _Changed(_Message):
    """A clock was moved; with `deleted`, that world was deleted; with no name at all, every world was."""

    clock: str = ""
    deleted: str = ""


class _Listening(_Message):
    """The sender has a listener for events."""


class _Happened(_Message):
    """An event in the sender's process."""

    event: Event


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Changed | _Listening | _Happened).decode


class Changes:
    """Connects the scheduler and the events of a process to the others. bus: None if the state is not shared."""

    def __init__(self, scheduler: Scheduler, events: Events, bus: Bus | None = None) -> None:
        self._scheduler = scheduler
        self._events = events
        self._bus = bus
        self._reported_listeners = 0  # how often another process reported one
        self._tasks: set[asyncio.Task[None]] = set()
        if bus:
            bus.attach(_CHANGES, self._on_message, self._on_connected)

    async def connect(self) -> None:
        """Receive what others report, from the first call on."""
        if self._bus:
            await self._bus.connect()

    async def clock_moved(self, clock: str) -> None:
        """Make requests that wait for the clock read it again, in every process; raise StoreUnavailableError."""
        # Here and below, this process first: that cannot fail.
        self._scheduler.notify(clock)
        await self._report(_Changed(clock))

    async def world_deleted(self, clock: str, world: str) -> None:
        """End the wait of every request of the world, in every process; raise StoreUnavailableError."""
        self._scheduler.cancel(clock, world)
        await self._report(_Changed(clock, world))

    async def all_worlds_deleted(self) -> None:
        """End the wait of every request, in every process; raise StoreUnavailableError."""
        self._scheduler.cancel_all()
        await self._report(_Changed())

    async def listen(
        self, pause: float, world: str | None = None, gather: float | None = None
    ) -> AsyncGenerator[Event | None, None]:
        """Yield the events of all processes as Events.listen yields those of one."""
        listening = self._events.listen(pause, world, gather)
        # Registers the listener: events that come while the bus is asked are kept for it.
        first = await anext(listening)
        try:
            await self._report_listener()
            yield first
            async for event in listening:
                yield event
        finally:
            await listening.aclose()
            if self._bus and not self._events.has_listeners:
                self._start(self._bus.unsubscribe(_EVENTS))

    async def _report_listener(self) -> None:
        """Receive the events of other processes; if they cannot be reached, as soon as they can."""
        if self._bus:
            # The next connection does this again.
            with suppress(StoreUnavailableError):
                await self._bus.subscribe(_EVENTS)
                await self._report(_Listening())

    async def _report(self, message: _Message) -> None:
        if self._bus:
            await self._bus.publish(_CHANGES, _encode(message))

    def _on_connected(self) -> None:
        """Read everything again, since messages may have been missed."""
        self._scheduler.notify_all()
        # A process may have a listener whose report was missed; the first event finds out.
        self._forward_events()
        if self._events.has_listeners:
            self._start(self._report_listener())

    def _on_message(self, message: bytes) -> None:
        match _decode(message):
            case _Changed("", ""):
                self._scheduler.cancel_all()
            case _Changed(clock, ""):
                self._scheduler.notify(clock)
            case _Changed(clock, world):
                self._scheduler.cancel(clock, world)
            case _Listening():
                self._forward_events()
            case _Happened(event):
                self._events.deliver(event)

    def _forward_events(self) -> None:
        self._reported_listeners += 1
        self._events.forward = self._forward

    def _forward(self, event: Event) -> None:
        self._start(self._publish(event))

    async def _publish(self, event: Event) -> None:
        """Send an event to the processes with a listener, and stop forwarding events if there is none."""
        assert self._bus
        reported = self._reported_listeners
        with suppress(StoreUnavailableError):  # without a bus, a listener elsewhere misses events
            receivers = await self._bus.publish(_EVENTS, _encode(_Happened(event)))
            # Unless a listener was added during the publication.
            if not receivers and reported == self._reported_listeners:
                self._events.forward = None

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(coroutine)
        self._tasks.add(task)  # the loop itself has only a weak reference
        task.add_done_callback(self._tasks.discard)

"""Processes that share a state: what one of them does that concerns requests which others serve.

A clock is moved for all of them. The mover asks who waits for it and until when, sets it to the first instant, has that
happen wherever it is waited for, and asks again. Meanwhile the others wake nobody by themselves.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import msgspec

from mock_server.domain.clock import Instant
from mock_server.stores.protocol import Neighbours, StoreUnavailableError

from .agenda import PATIENCE_SECONDS, Agenda
from .events import Event, Events
from .neighbourhood import Neighbourhood

_PATIENCE = PATIENCE_SECONDS + 0.5
_SHORT_PATIENCE = 2
_WATCH_SECONDS = 2


class _Message(msgspec.Struct, tag=True, array_like=True):
    """What one process says to others."""


class _Happen(_Message):
    """Have all that waits for a clock up to one instant happen; which is the next one, up to another?"""

    clock: str
    upto: Instant | None
    until: Instant


class _Moved(_Message):
    """A clock is moved no longer."""

    clock: str


class _Gone(_Message):
    """A world is let go; with no name, all are."""

    clock: str = ""
    world: str = ""


class _Listening(_Message):
    """Whether somebody listens to events in the process that says so. fresh: it hears others only from now on."""

    heard: bool
    fresh: bool = False


class _Told(_Message):
    """An event in the process that says so."""

    event: Event


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Happen | _Moved | _Gone | _Listening | _Told).decode
_decode_instant = msgspec.msgpack.Decoder(Instant | None).decode
_NOTHING = _encode(None)


class SharedNeighbourhood(Neighbourhood):
    """That of one process among others, which it tells and asks."""

    def __init__(self, neighbours: Neighbours, agenda: Agenda, events: Events) -> None:
        super().__init__(agenda, events)
        self._neighbours = neighbours
        self._held: dict[str, asyncio.Task[None]] = {}  # clocks that another process moves
        self._tasks: set[asyncio.Task[None]] = set()
        neighbours.attend(self)

    async def join(self) -> None:
        await self._neighbours.join()

    @asynccontextmanager
    async def moving(self, name: str) -> AsyncIterator[None]:
        async with super().moving(name), self._neighbours.holding(name):
            try:
                yield
            finally:
                with suppress(StoreUnavailableError):  # they will find out
                    await self._neighbours.tell(_encode(_Moved(name)))

    async def happened(self, name: str, upto: Instant | None, until: Instant) -> Instant | None:
        due = await super().happened(name, upto, until)
        answers = await self._neighbours.ask(_encode(_Happen(name, upto, until)), _PATIENCE)
        every = [due, *map(_decode_instant, answers)]
        return min((each for each in every if each is not None), default=None)

    async def dismiss(self, clock: str, world: str) -> None:
        await super().dismiss(clock, world)
        await self._neighbours.ask(_encode(_Gone(clock, world)), _SHORT_PATIENCE)

    async def dismiss_all(self) -> None:
        await super().dismiss_all()
        await self._neighbours.ask(_encode(_Gone()), _SHORT_PATIENCE)

    async def listen(self, pause: float, world: str | None = None) -> AsyncGenerator[Event | None, None]:
        listening = super().listen(pause, world)
        first = await anext(listening)
        try:
            with suppress(StoreUnavailableError):  # they hear of it when they are back
                await self._neighbours.ask(_encode(_Listening(heard=True)), _SHORT_PATIENCE)
            yield first
            async for event in listening:
                yield event
        finally:
            await listening.aclose()
            if not self.events.heard_here:
                self._later(self._say(_Listening(heard=False)))

    def joined(self) -> None:
        """Look at everything again: what others said before may have been missed."""
        self.agenda.ring_all()
        self._later(self._say(_Listening(self.events.heard_here, fresh=True)))

    async def hear(self, sender: str, message: bytes) -> bytes:
        """Do what a neighbour says, and return the answer."""
        match _decode(message):
            case _Happen(name, upto, until):
                self._hold(name)
                return _encode(await self.agenda.happened(name, upto, until))
            case _Moved(name):
                self._let_go(name)
            case _Gone(clock, world):
                self.agenda.dismiss(clock, world) if world else self.agenda.dismiss_all()
            case _Listening(heard, fresh):
                self.events.relay(sender, partial(self._relay, sender) if heard else None)
                if fresh and self.events.heard_here:
                    await self._say(_Listening(heard=True), sender)
            case _Told(event):
                self.events.pass_on(event)
        return _NOTHING

    def _hold(self, name: str) -> None:
        if name not in self._held:
            self.agenda.hold(name)
            self._held[name] = self._later(self._watch(name))

    def _let_go(self, name: str) -> None:
        watch = self._held.pop(name, None)
        if watch is None:
            self.agenda.ring(name)
        else:
            watch.cancel()
            self.agenda.let_go(name)

    async def _watch(self, name: str) -> None:
        """Let go of a clock that is moved no longer, where nobody says so."""
        with suppress(StoreUnavailableError):
            await asyncio.sleep(_WATCH_SECONDS)
            while await self._neighbours.is_held(name):  # noqa: ASYNC110 (whoever holds it may have died)
                await asyncio.sleep(_WATCH_SECONDS)
        self._let_go(name)

    def _relay(self, where: str, event: Event) -> None:
        self._later(self._pass_on(where, event))

    async def _pass_on(self, where: str, event: Event) -> None:
        """Tell an event to a process, as long as it is there."""
        with suppress(StoreUnavailableError):
            if not await self._neighbours.tell(_encode(_Told(event)), where):
                self.events.relay(where, None)

    async def _say(self, message: _Message, whom: str | None = None) -> None:
        with suppress(StoreUnavailableError):
            await self._neighbours.tell(_encode(message), whom)

    def _later(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

"""The neighbourhood: the agendas and events of all processes that share a state, as if they were those of one."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from mock_server.domain.clock import Instant

from .agenda import Agenda
from .events import Event, Events


class Neighbourhood:
    """That of a process whose state nobody shares: its own agenda and events are all there are."""

    def __init__(self, agenda: Agenda, events: Events) -> None:
        self.agenda = agenda
        self.events = events

    async def join(self) -> None:
        """Be there for the others, from the first time on."""

    @asynccontextmanager
    async def moving(self, name: str) -> AsyncIterator[None]:
        """Hold a clock while it is moved: one mover at a time. Raise StoreUnavailableError."""
        async with self.agenda.moving(name):
            yield

    async def happened(self, name: str, upto: Instant | None, until: Instant) -> Instant | None:
        """Have all that waits for an instant up to `upto` happen everywhere, and return the first up to `until` that a
        request waits for when all is quiet. Raise StoreUnavailableError.
        """
        return await self.agenda.happened(name, upto, until)

    async def dismiss(self, clock: str, world: str) -> None:
        """Wake every request of a world that is let go, wherever it waits. Raise StoreUnavailableError."""
        self.agenda.dismiss(clock, world)

    async def dismiss_all(self) -> None:
        """Wake every request everywhere: all worlds are let go. Raise StoreUnavailableError."""
        self.agenda.dismiss_all()

    def listen(self, pause: float, world: str | None = None) -> AsyncGenerator[Event | None, None]:
        """Yield events of all processes as they come, as Events.listen does."""
        return self.events.listen(pause, world)

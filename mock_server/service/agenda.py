"""The agenda: which requests wait for which instant of their world's clock, and which are under way.

Whoever moves a clock wakes what falls due in order, one at a time, and goes on when all is quiet again: when every
request of that world waits or has been answered.
"""

import asyncio
import heapq
import itertools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from mock_server.domain.clock import Clock, Instant
from mock_server.domain.world import World

_log = logging.getLogger("aiimage_mock")
PATIENCE_SECONDS = 10
_numbers = itertools.count()


class _Seen(Protocol):
    @property
    def world(self) -> World: ...

    @property
    def now(self) -> Instant: ...


Sight = TypeVar("Sight", bound=_Seen)


@dataclass(order=True, slots=True)
class _Waiter:
    instant: Instant
    world: str = field(compare=False)
    number: int = field(default_factory=_numbers.__next__)
    woken: bool = field(default=False, compare=False)
    bell: asyncio.Event = field(default_factory=asyncio.Event, compare=False)


@dataclass(slots=True)
class _Page:
    """Who waits for one clock. movers: whoever moves it, or waits for the turn to do so; quiet: set when no request is
    busy.
    """

    movers: int = 0
    waiting: list[_Waiter] = field(default_factory=list)
    quiet: asyncio.Event = field(default_factory=asyncio.Event)
    moving: asyncio.Lock = field(default_factory=asyncio.Lock)


class Agenda:
    """Waiting requests by the name of the clock that they wait for. In the memory of one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._busy: dict[str, int] = {}  # requests under way that do not wait
        self._pages: dict[str, _Page] = {}

    def under_way(self, name: str) -> "_UnderWay":
        """Count a request as under way, in a `with`."""
        return _UnderWay(self, name)

    def enter(self, name: str) -> None:
        """Count a request as busy."""
        self._busy[name] = self._busy.get(name, 0) + 1

    def leave(self, name: str) -> None:
        """Count it no more."""
        left = self._busy[name] - 1
        if left:
            self._busy[name] = left
            return
        del self._busy[name]
        if name in self._pages:
            self._pages[name].quiet.set()
            self._tidy(name)

    async def wait(self, name: str, world: str, instant: Instant, look: Callable[[], Awaitable[Sight]]) -> Sight:
        """Return what `look` sees when it has come to be `instant` there, or when the world is let go.

        The caller is under way.
        """
        page = self._page(name)
        waiter = _Waiter(instant, world)
        heapq.heappush(page.waiting, waiter)
        self.leave(name)
        try:
            while True:
                waiter.bell.clear()
                seen = await look()
                if waiter.woken:
                    return seen
                if seen.now < instant:
                    await self._pass(waiter.bell, seen.world.clock.reached(instant))
                elif page.movers:  # whoever moves the clock wakes the waiter when its turn has come
                    await waiter.bell.wait()
                else:
                    return seen
        finally:
            if not waiter.woken:
                self._wake(name, waiter)

    async def _pass(self, bell: asyncio.Event, due: Instant | None) -> None:
        """Let time pass until the server's clock is at `due`, or until the bell is rung."""
        ringing = asyncio.ensure_future(bell.wait())
        passing = [asyncio.ensure_future(self._clock.sleep_until(due))] if due is not None else []
        try:
            await asyncio.wait([ringing, *passing], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (ringing, *passing):
                task.cancel()

    def due(self, name: str, until: Instant) -> Instant | None:
        """Return the first instant, `until` included, that a request waits for."""
        waiting = self._pages[name].waiting if name in self._pages else []
        return waiting[0].instant if waiting and waiting[0].instant <= until else None

    async def happened(self, name: str, upto: Instant | None, until: Instant) -> Instant | None:
        """Have all that waits for an instant up to `upto` happen, and return the first up to `until` that a request
        waits for when all is quiet.
        """
        await self.quiet(name)
        if upto is not None:
            await self.happen(name, upto)
        return self.due(name, until)

    async def happen(self, name: str, until: Instant) -> None:
        """Wake every request that waits for an instant up to `until`, one at a time, each when all is quiet."""
        page = self._page(name)
        while page.waiting and page.waiting[0].instant <= until:
            self._wake(name, page.waiting[0])
            await self.quiet(name)

    async def quiet(self, name: str) -> None:
        """Return when no request is under way but those that wait; after 10 s of real time in any case."""
        if name not in self._busy:
            return
        page = self._page(name)
        page.quiet.clear()
        try:
            await asyncio.wait_for(page.quiet.wait(), PATIENCE_SECONDS)
        except TimeoutError:
            _log.warning("a request is under way for longer than %d s: the clock goes on", PATIENCE_SECONDS)

    def ring(self, name: str) -> None:
        """Have every waiting request look at the clock again."""
        for waiter in self._pages[name].waiting if name in self._pages else []:
            waiter.bell.set()

    def hold(self, name: str) -> None:
        """Have nobody go on whom the time has come for, but those that are woken."""
        self._page(name).movers += 1

    def let_go(self, name: str) -> None:
        """Let them go on, after a `hold`."""
        self._page(name).movers -= 1
        self.ring(name)
        self._tidy(name)

    @asynccontextmanager
    async def moving(self, name: str) -> AsyncIterator[None]:
        """Hold the clock while it is moved: one mover at a time."""
        self.hold(name)
        try:
            async with self._page(name).moving:
                yield
        finally:
            self.let_go(name)

    def dismiss(self, name: str, world: str) -> None:
        """Wake every request of a world that is let go: there is nothing to wait for any more."""
        page = self._page(name)
        for waiter in [each for each in page.waiting if each.world == world]:
            self._wake(name, waiter)
        self._tidy(name)

    def dismiss_all(self) -> None:
        """Wake every request: all worlds are let go."""
        for name, page in list(self._pages.items()):
            for waiter in list(page.waiting):
                self._wake(name, waiter)

    def ring_all(self) -> None:
        """Have whoever waits for whatever clock look at it again."""
        for name in self._pages:
            self.ring(name)

    def _wake(self, name: str, waiter: _Waiter) -> None:
        waiting = self._pages[name].waiting
        waiting.remove(waiter)
        heapq.heapify(waiting)
        waiter.woken = True
        self.enter(name)
        waiter.bell.set()

    def _page(self, name: str) -> _Page:
        page = self._pages.get(name)
        if page is None:
            page = self._pages[name] = _Page()
        return page

    def _tidy(self, name: str) -> None:
        page = self._pages.get(name)
        if page and name not in self._busy and not page.waiting and not page.movers:
            del self._pages[name]


class _UnderWay:
    """A request that is under way."""

    __slots__ = ("_agenda", "_name")

    def __init__(self, agenda: Agenda, name: str) -> None:
        self._agenda = agenda
        self._name = name

    def __enter__(self) -> None:
        self._agenda.enter(self._name)

    def __exit__(self, *failure: object) -> None:
        self._agenda.leave(self._name)

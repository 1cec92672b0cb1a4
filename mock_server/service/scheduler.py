"""The scheduler: the requests in progress, and those that wait for an instant of their world's clock.

Moving a clock runs the requests that fall due in order, one at a time: the next one when every request of that clock
waits or has been answered.
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
# Of real time: a request may be busy with something that no clock moves, such as a store that does not answer.
_IDLE_TIMEOUT_SECONDS = 10
_numbers = itertools.count()


class _View(Protocol):
    @property
    def world(self) -> World: ...

    @property
    def now(self) -> Instant: ...


View = TypeVar("View", bound=_View)


@dataclass(order=True, slots=True)
class _Waiter:
    """A request that waits. number: keeps the order of arrival among equal instants; woken: it was removed from its
    queue.
    """

    instant: Instant
    world: str = field(compare=False)
    number: int = field(default_factory=_numbers.__next__)
    woken: bool = field(default=False, compare=False)
    event: asyncio.Event = field(default_factory=asyncio.Event, compare=False)


@dataclass(slots=True)
class ClockQueue:
    """The requests that wait for one clock. movers: calls that move it or wait for their turn to; idle: set when no
    request is busy.
    """

    movers: int = 0
    waiting: list[_Waiter] = field(default_factory=list)
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    moving: asyncio.Lock = field(default_factory=asyncio.Lock)


class Scheduler:
    """Waiting requests by the name of their clock, in the memory of one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._busy: dict[str, int] = {}  # requests in progress that do not wait
        self._queues: dict[str, ClockQueue] = {}

    @property
    def waiting(self) -> int:
        """How many requests wait for an instant."""
        return sum(len(queue.waiting) for queue in self._queues.values())

    def in_progress(self, name: str) -> "_InProgress":
        """Return a context manager that counts a request as in progress."""
        return _InProgress(self, name)

    def enter(self, name: str) -> None:
        """Count one more busy request."""
        self._busy[name] = self._busy.get(name, 0) + 1

    def leave(self, name: str) -> None:
        """Count one busy request less."""
        left = self._busy[name] - 1
        if left:
            self._busy[name] = left
            return
        del self._busy[name]
        if name in self._queues:
            self._queues[name].idle.set()
            self._delete_if_unused(name)

    async def wait(self, name: str, world: str, instant: Instant, look: Callable[[], Awaitable[View]]) -> View:
        """Return what `look` returns once the clock shows `instant`, or once the wait is cancelled.

        The caller is in progress.
        """
        queue = self._queue(name)
        waiter = _Waiter(instant, world)
        heapq.heappush(queue.waiting, waiter)
        self.leave(name)
        try:
            while True:
                # Before the read: a change during it sets the event again.
                waiter.event.clear()
                seen = await look()
                if waiter.woken:
                    return seen
                if seen.now < instant:
                    await self._sleep(waiter.event, seen.world.clock.reached(instant))
                elif queue.movers:  # the mover wakes the waiters one by one, in order
                    await waiter.event.wait()
                else:
                    return seen
        finally:
            if not waiter.woken:  # busy again: the caller leaves a second time when it is done
                self._wake(name, waiter)

    async def _sleep(self, event: asyncio.Event, until: Instant | None) -> None:
        """Return when the server's clock shows `until`, if that is an instant, or when the event is set."""
        waiting = asyncio.ensure_future(event.wait())
        sleeping = [asyncio.ensure_future(self._clock.sleep_until(until))] if until is not None else []
        try:
            await asyncio.wait([waiting, *sleeping], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (waiting, *sleeping):
                task.cancel()

    def next_due(self, name: str, until: Instant) -> Instant | None:
        """Return the first instant, `until` included, that a request waits for."""
        waiting = self._queues[name].waiting if name in self._queues else []
        return waiting[0].instant if waiting and waiting[0].instant <= until else None

    async def run_due(self, name: str, until: Instant) -> None:
        """Wake every request that waits for an instant up to `until`, each when all others wait or are answered."""
        queue = self._queue(name)
        while queue.waiting and queue.waiting[0].instant <= until:
            self._wake(name, queue.waiting[0])
            await self.idle(name)

    async def idle(self, name: str) -> None:
        """Wait until all requests in progress wait for an instant, at most 10 s of real time."""
        if name not in self._busy:
            return
        queue = self._queue(name)
        queue.idle.clear()
        try:
            await asyncio.wait_for(queue.idle.wait(), _IDLE_TIMEOUT_SECONDS)
        except TimeoutError:
            _log.warning("A request takes longer than %d s; the clock moves without it.", _IDLE_TIMEOUT_SECONDS)

    def notify(self, name: str) -> None:
        """Make every request that waits for a clock read it again."""
        for waiter in self._queues[name].waiting if name in self._queues else []:
            waiter.event.set()

    def notify_all(self) -> None:
        """Make every waiting request read its clock again."""
        for name in self._queues:
            self.notify(name)

    @asynccontextmanager
    async def moving(self, name: str) -> AsyncIterator[None]:
        """Pause: requests that are due stay blocked until `run_due` wakes them. One mover at a time moves a clock."""
        queue = self._queue(name)
        # Counted before it is this mover's turn, so that no request continues between two movers.
        queue.movers += 1
        try:
            async with queue.moving:
                yield
        finally:
            queue.movers -= 1
            self.notify(name)
            self._delete_if_unused(name)

    def cancel(self, name: str, world: str) -> None:
        """Wake every request of a world that was deleted."""
        queue = self._queue(name)
        for waiter in [each for each in queue.waiting if each.world == world]:
            self._wake(name, waiter)
        self._delete_if_unused(name)

    def cancel_all(self) -> None:
        """Wake every request: all worlds were deleted."""
        for name, queue in list(self._queues.items()):
            for waiter in list(queue.waiting):
                self._wake(name, waiter)

    def _wake(self, name: str, waiter: _Waiter) -> None:
        waiting = self._queues[name].waiting
        waiting.remove(waiter)  # not always the first: a cancelled request waits anywhere in the heap
        heapq.heapify(waiting)
        waiter.woken = True
        self.enter(name)
        waiter.event.set()

    def _queue(self, name: str) -> ClockQueue:
        queue = self._queues.get(name)
        if queue is None:
            queue = self._queues[name] = ClockQueue()
        return queue

    def _delete_if_unused(self, name: str) -> None:
        # Else there would be a queue for each token that ever waited.
        queue = self._queues.get(name)
        if queue and name not in self._busy and not queue.waiting and not queue.movers:
            del self._queues[name]


# A class, since a generator as context manager takes five times as long, and every request enters one.
class _InProgress:
    """A request in progress."""

    __slots__ = ("_name", "_scheduler")

    def __init__(self, scheduler: Scheduler, name: str) -> None:
        self._scheduler = scheduler
        self._name = name

    def __enter__(self) -> None:
        self._scheduler.enter(self._name)

    def __exit__(self, *failure: object) -> None:
        self._scheduler.leave(self._name)

"""Virtual time, shared by a client and the mock in one process: it jumps when both only wait.

A client that waits, for a reply or in a sleep, calls `block`. When every request that it has sent has its reply or
waits for an instant, the time jumps to the next instant that anything waits for: an event of the mock, the end of a
sleep, or a timeout of the client. So a timeout of 30 s takes no real time, and happens only if the reply takes longer.
"""

import asyncio
import heapq
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from mock_server.domain.clock import Instant, RealClock

from .client_threads import ClientThreads
from .mock_at_rest import Mock, is_at_rest

Ready = Callable[[], bool]
Cause = Literal["hang", "storm", "overdue"]

# Of real time: how long a client that waits does until it looks again.
_TURN_SECONDS = 0.005
# For a mock that is busy, or where time cannot pass without another thread of the client.
_MAX_TURNS = 2_000
# For another thread of the client that is busy, where time could pass.
_GRACE_TURNS = 40
# A loop that reads the time until it has passed ends, because each read takes a moment.
_READ_MICROSECONDS = 1


class Interrupted(BaseException):
    """The run was ended, because the client would not have ended it. Not an Exception: clients must not catch it."""


@dataclass(slots=True)
class _Span:
    """The time of one run. limit: the instant at which it ends as a hang; interrupted: why it was ended."""

    limit: Instant
    interrupted: Cause | None = None
    over: bool = False

    def check(self) -> None:
        if self.interrupted:
            raise Interrupted(self.interrupted)

    def is_over(self) -> bool:
        """Return whether the run is over; raise Interrupted if it was ended."""
        self.check()
        return self.over


@dataclass(frozen=True, slots=True)
class _Wait:
    """The wait of a thread of the client. deadline: None for a wait without end."""

    ready: Ready
    deadline: Instant | None

    def is_over(self) -> bool:
        try:
            return self.ready()
        except (OSError, ValueError):  # its socket is closed, which its thread will see
            return True


class VirtualTime:
    """The clock of the mock, and of its clients while a run is active. clients: their threads."""

    def __init__(self, start: Instant | None = None) -> None:
        self._now = RealClock().now() if start is None else start
        self._changed = threading.Condition()
        self._sleepers: list[tuple[Instant, int, asyncio.Future[None]]] = []
        self._waits: dict[threading.Thread, _Wait] = {}
        self._numbers = itertools.count()
        self._steps = 0
        self._span = _Span(0, over=True)
        self.clients = ClientThreads()
        self.mock: Mock | None = None

    def now(self) -> Instant:
        """Return the current instant."""
        return self._now

    def read(self) -> Instant:
        """Return the current instant to a client, for which a read takes a microsecond."""
        with self._changed:
            self._now += _READ_MICROSECONDS
            return self._now

    async def sleep_until(self, instant: Instant) -> None:
        """Wait, in the mock's loop, until the time has jumped to `instant`."""
        while self._now < instant:
            woken = asyncio.get_running_loop().create_future()
            with self._changed:
                heapq.heappush(self._sleepers, (instant, next(self._numbers), woken))
            await woken

    def begin(self, limit: Instant) -> None:
        """Begin a run, which may last until `limit`."""
        self._span = _Span(limit)

    def end(self) -> None:
        """End the run: from now on the client has real time, also where it waits."""
        self._span.over = True

    @property
    def interrupted(self) -> Cause | None:
        """Why the run was ended, None if it was not."""
        return self._span.interrupted

    def interrupt(self, cause: Cause) -> None:
        """End the run at the client's next step, unless another cause was first."""
        self._span.interrupted = self._span.interrupted or cause

    def check(self) -> None:
        """Raise Interrupted if the run was ended."""
        self._span.check()

    def touch(self) -> None:
        """Note that a client takes a step: a thread that was about to let time pass checks the mock again."""
        with self._changed:
            self._steps += 1

    def skip(self, microseconds: int) -> None:
        """Let time pass for a client that was interrupted and cleans up."""
        with self._changed:
            self._now += microseconds

    def block(self, ready: Ready, deadline: Instant | None) -> bool:
        """Wait until `ready` returns true or the run is over, and return True; or until `deadline`, and return False.

        Raise Interrupted if that would take longer than the run may last.
        """
        thread, span = threading.current_thread(), self._span
        self._waits[thread] = _Wait(ready, deadline)
        self.touch()
        try:
            while True:
                span.check()
                steps = self._steps
                rested = self._rests(ready, span)
                span.check()
                if rested or span.over:
                    return True
                with self._changed:
                    if deadline is not None and self._now >= deadline:
                        return False
                    if self._others_are_ready(thread):
                        self._changed.wait(_TURN_SECONDS / 5)
                    elif steps == self._steps:
                        self._jump(span)
        finally:
            # Another thread must not jump on what it saw while this one waited.
            with self._changed:
                self._waits.pop(thread, None)
                self._steps += 1

    def follow(self, microseconds: int) -> None:
        """Let time pass for a client in another process, and jump to the mock's next event if no request is busy."""
        self.skip(microseconds)
        span = self._span
        if is_at_rest(self.mock, span.is_over):
            with self._changed:
                target = self._target()
                if target is not None and target <= span.limit:
                    self._jump(span)

    def _rests(self, ready: Ready, span: _Span) -> bool:
        """Wait until the mock is at rest or `ready` returns true, which is the result."""
        for _ in range(_MAX_TURNS):
            if ready():
                return True
            if is_at_rest(self.mock, span.is_over):
                break
            with self._changed:
                self._changed.wait(_TURN_SECONDS)
        self._others_rest(ready, _GRACE_TURNS if self._target() is not None else _MAX_TURNS, span)
        return ready()

    def _others_rest(self, ready: Ready, turns: int, span: _Span) -> None:
        """Give other threads of the client that neither wait here nor for each other some turns of real time."""
        for _ in range(turns):
            others = [each for each in self.clients.others() if each not in self._waits]
            if ready() or span.over or not self.clients.acting(others):
                return
            span.check()
            with self._changed:
                self._changed.wait(_TURN_SECONDS)

    def _others_are_ready(self, thread: threading.Thread) -> bool:
        """Return whether the wait of another thread is over, though it has not continued yet."""
        return any(wait.is_over() for each, wait in list(self._waits.items()) if each is not thread)

    def _jump(self, span: _Span) -> None:
        """Go to the next instant that the mock or a client waits for; the caller holds the lock."""
        target = self._target()
        if target is None or target > span.limit:
            span.interrupted = span.interrupted or "hang"
            span.check()
            return
        if target <= self._now and not self._due():
            self._changed.wait(_TURN_SECONDS / 5)  # another client's wait is over, and its thread is about to see it
        self._now = max(self._now, target)
        while self._due():
            woken = heapq.heappop(self._sleepers)[2]
            if self.mock and self.mock.loop:
                self.mock.loop.call_soon_threadsafe(partial(_wake, woken))

    def _target(self) -> Instant | None:
        """Return the next instant that anyone waits for."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        ends = [each.deadline for each in list(self._waits.values()) if each.deadline is not None]
        return min([*ends, *(each[0] for each in self._sleepers[:1])], default=None)

    def _due(self) -> bool:
        return bool(self._sleepers) and self._sleepers[0][0] <= self._now


def _wake(woken: "asyncio.Future[None]") -> None:
    if not woken.done():
        woken.set_result(None)

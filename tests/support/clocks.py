"""Clocks for tests that do not wait."""

import asyncio
import heapq
import itertools
from collections.abc import Callable

from mock_server.domain.clock import Instant, RealClock, from_iso, seconds

START = from_iso("2026-02-26T10:00:00Z")


class JumpingClock:
    """A clock that jumps: a sleep returns at once, and the time has moved by its length."""

    def __init__(self, now: Instant = START) -> None:
        self._now = now

    def now(self) -> Instant:
        return self._now

    async def sleep_until(self, instant: Instant) -> None:
        self._now = max(self._now, instant)

    def advance(self, number: float) -> None:
        self._now += seconds(number)


class SteppedClock:
    """A clock that stops until it is advanced; sleepers wake in the order in which they are due."""

    def __init__(self, now: Instant = START) -> None:
        self._now = now
        self._sleepers: list[tuple[Instant, int, asyncio.Event]] = []
        self._numbers = itertools.count()

    def now(self) -> Instant:
        return self._now

    async def sleep_until(self, instant: Instant) -> None:
        if instant <= self._now:
            return
        event = asyncio.Event()
        heapq.heappush(self._sleepers, (instant, next(self._numbers), event))
        await event.wait()

    async def advance(self, number: float) -> None:
        """Advance by `number` seconds; return after all due events."""
        end = self._now + seconds(number)
        while self._sleepers and self._sleepers[0][0] <= end:
            instant, _, event = heapq.heappop(self._sleepers)
            self._now = instant
            event.set()
            await settle()
        self._now = end

    async def sleepers(self, count: int) -> None:
        """Wait until `count` tasks sleep."""
        await until(lambda: len(self._sleepers) >= count)


class SkewedClock(RealClock):
    """A clock of a machine that is some seconds ahead of others."""

    def __init__(self, ahead: float) -> None:
        super().__init__()
        self._ahead = seconds(ahead)

    def now(self) -> Instant:
        return super().now() + self._ahead


async def until(condition: Callable[[], bool]) -> None:
    """Yield to other tasks until the condition is true."""
    while not condition():  # noqa: ASYNC110 (the tasks signal no event)
        await asyncio.sleep(0)


async def settle() -> None:
    """Yield until no other task can continue."""
    for _ in range(50):
        await asyncio.sleep(0)

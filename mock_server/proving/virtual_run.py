"""The threads that have virtual time now: those of a client, from the begin of its run to the end."""

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from mock_server.domain.clock import Instant

from .client_threads import ClientThreads
from .traffic import Traffic
from .virtual_time import VirtualTime

# Those of the time module, by name: each returns the time in units of which a second has so many.
READS = {
    "time": 1,
    "time_ns": 10**9,
    "monotonic": 1,
    "monotonic_ns": 10**9,
    "perf_counter": 1,
    "perf_counter_ns": 10**9,
}
# After an interruption the tasks of an event loop are cancelled; after these turns the loop itself is interrupted.
_CLEANING_TURNS = 200


@dataclass(slots=True)
class VirtualRun:
    """A run in virtual time. address: of the mock; start, base: the instant of its begin, and the real times then."""

    time: VirtualTime
    traffic: Traffic
    address: tuple[str, int]
    start: Instant
    base: dict[str, Any]
    clients: ClientThreads = field(default_factory=ClientThreads)
    cleaning: dict[asyncio.AbstractEventLoop, int] = field(default_factory=dict)

    def cleans(self) -> bool:
        """Cancel the tasks of the event loop that this thread runs, and return True; return False if they do not end,
        or without a loop.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        turns = self.cleaning[loop] = self.cleaning.get(loop, 0) + 1
        if turns == 1:
            for task in asyncio.all_tasks(loop):
                task.cancel()
        return turns % _CLEANING_TURNS != 0


class Runs:
    """The runs of this process, of which the innermost one is active."""

    def __init__(self) -> None:
        self._active: VirtualRun | None = None
        self._real = threading.local()
        if hasattr(os, "register_at_fork"):  # a child has no thread that serves the mock
            os.register_at_fork(after_in_child=self._end_all)

    @contextmanager
    def run(self, virtual: VirtualTime, traffic: Traffic, address: tuple[str, int]) -> Iterator[None]:
        """Give the client, which the calling thread is, virtual time until the end of the context."""
        outer = self._active
        with self.real_time():
            base = {name: getattr(time, name)() for name in READS}
        run = VirtualRun(virtual, traffic, address, virtual.now(), base)
        run.clients.add(threading.current_thread())
        virtual.clients = run.clients
        self._active = run
        try:
            yield
        finally:
            self._active = outer

    @contextmanager
    def real_time(self) -> Iterator[None]:
        """Give the calling thread, and those that it starts, real time until the end of the context."""
        self._real.depth = getattr(self._real, "depth", 0) + 1
        try:
            yield
        finally:
            self._real.depth -= 1

    def of_client(self) -> VirtualRun | None:
        """Return the run if the calling thread is one of its client, and has virtual time now."""
        run = self._active
        if run is None or getattr(self._real, "depth", 0) > 0 or not run.clients.has_current():
            return None
        return run

    def of_anyone(self) -> VirtualRun | None:
        """Return the run if the calling thread may become one of its client."""
        return None if getattr(self._real, "depth", 0) > 0 else self._active

    def _end_all(self) -> None:
        self._active = None


runs = Runs()

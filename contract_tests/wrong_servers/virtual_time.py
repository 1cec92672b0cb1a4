"""Virtual time for servers and clients in the threads of one process: it passes only while all of them wait."""

import heapq
import itertools
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, Event, Lock, Thread, get_native_id

from contract_tests.wrong_servers.pace import Pace

# Between two looks a thread that has become ready gets its turn, and is seen.
_LOOK_SECONDS = 0.0005
_TASKS = Path("/proc/self/task")
_WAITING = "S"
AVAILABLE = sys.platform == "linux" and _TASKS.exists()


class VirtualPace(Pace):
    """Moves to the next moment that a thread waits for as soon as no thread of this process can run.

    A thread that waits for a processor, or for a reply that is on its way, can run: a busy machine changes nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self._passed_ms = 0
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._numbers, self._lock = itertools.count(), Lock()
        self._ended = Event()

    def seconds(self) -> float:
        return self._passed_ms / 1000

    def wall_ms(self) -> int:
        return int(self._origin * 1000) + self._passed_ms

    def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        woken = Event()
        self._wake(seconds, woken.set)
        woken.wait()

    def wait(self, changed: Condition, seconds: float | None) -> None:
        def notify() -> None:
            with changed:
                changed.notify_all()

        if seconds is not None:
            self._wake(seconds, notify)
        changed.wait()

    def _wake(self, seconds: float, action: Callable[[], None]) -> None:
        # In whole milliseconds, so that services and clients see the same instant; without errors of floating point.
        duration = math.ceil(round(seconds * 1000, 6))
        with self._lock:
            heapq.heappush(self._due, (self._passed_ms + duration, next(self._numbers), action))

    def run(self) -> None:
        """Let time pass until the end."""
        idle = _Idleness()
        while not self._ended.wait(_LOOK_SECONDS):
            if self._due and idle.lasts():
                self._advance()

    def end(self) -> None:
        self._ended.set()

    def _advance(self) -> None:
        with self._lock:
            moment, _, action = heapq.heappop(self._due)
            self._passed_ms = max(self._passed_ms, moment)
        action()


class _Idleness:
    """Whether all other threads have waited, without a turn, since the last look."""

    def __init__(self) -> None:
        self._own = str(get_native_id())
        self._seen: dict[str, str] | None = None

    def lasts(self) -> bool:
        before, self._seen = self._seen, self._look()
        return self._seen is not None and self._seen == before

    def _look(self) -> dict[str, str] | None:
        """Return the number of turns of each thread, None if one can run."""
        turns = {}
        for thread in _TASKS.iterdir():
            if thread.name == self._own:
                continue
            try:
                status = (thread / "status").read_text()
            except OSError:  # it has just ended
                return None
            state, _, rest = status.partition("State:\t")[2].partition(" ")
            if state != _WAITING:
                return None
            turns[thread.name] = rest[rest.index("voluntary_ctxt_switches") :]
        return turns


@contextmanager
def fast_time(otherwise: float) -> Iterator[Pace]:
    """Let virtual time pass within the context.

    otherwise: how many times as fast as the wall clock it passes where the system does not tell what threads do.
    """
    if not AVAILABLE:
        yield Pace(otherwise)
        return
    pace = VirtualPace()
    thread = Thread(target=pace.run, daemon=True)
    thread.start()
    try:
        yield pace
    finally:
        pace.end()
        thread.join()

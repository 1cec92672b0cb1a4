"""Workers: several processes that serve as one. They start together, are replaced when they die, and end together."""

import logging
import multiprocessing
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import connection
from multiprocessing.context import SpawnProcess

_END_SECONDS = 2
_PAUSE_SECONDS = 0.1
_ENDING = (signal.SIGINT, signal.SIGTERM)
_log = logging.getLogger("aiimage_mock")


class Workers:
    """A number of processes that each run `work`, which must be picklable, until SIGTERM ends it."""

    def __init__(self, count: int, work: Callable[[], None]) -> None:
        self._count = count
        self._work = work
        self._processes: list[SpawnProcess] = []

    def run(self, greet: Callable[[], None]) -> None:
        """Print the greeting, and keep the processes running until SIGINT or SIGTERM; then end them all."""
        with _signals() as signals:
            greet()
            try:
                self._processes = [self._started() for _ in range(self._count)]
                self._watch(signals)
            finally:
                self._end()

    def _watch(self, signals: socket.socket) -> None:
        """Return when a signal arrives; until then replace workers that die."""
        while True:
            sentinels = [process.sentinel for process in self._processes]
            if signals in connection.wait([signals, *sentinels]):
                return
            # After a pause: a worker that dies at once would be replaced without end.
            if not connection.wait([signals], _PAUSE_SECONDS):
                self._replace()

    def _replace(self) -> None:
        for place, process in enumerate(self._processes):
            process.join(0)
            if process.exitcode is not None:
                self._processes[place] = self._started()
                how = f"was killed by signal {-process.exitcode}" if process.exitcode < 0 else "ended"
                _log.warning("worker %d %s; %d replaces it", process.pid, how, self._processes[place].pid)

    def _started(self) -> SpawnProcess:
        process = multiprocessing.get_context("spawn").Process(target=self._work, name="aiimage-mock worker")
        with _interrupts_blocked():
            process.start()
        return process

    def _end(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(_END_SECONDS)
            if process.is_alive():
                for late in self._processes:
                    late.kill()


def parent() -> int | None:
    """Return a file descriptor that becomes readable when the parent has ended, None in a process without workers."""
    started_by = multiprocessing.parent_process()
    return started_by.sentinel if started_by else None


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """Yield a socket that delivers the numbers of signals, one byte each."""
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)
        # With a handler, even an empty one, a signal does not end the process but wakes the socket.
        before = {number: signal.signal(number, lambda *_: None) for number in _ENDING}
        signal.set_wakeup_fd(writer.fileno())
        try:
            yield reader
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block SIGINT in processes started meanwhile."""
    # A terminal sends Ctrl-C to all of them, but the parent has to end them.
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

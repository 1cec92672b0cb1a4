"""The last resort against a client that does not end: after some seconds of real time its run is ended.

A run in virtual time ends by itself if the client waits in virtual time. A client that is busy, that waits in real
time or for a lock that is never free, does not notice, so each of its threads is stopped where it is, again and again.
Each request gives it more time, up to a bound: on a busy machine a storm is slow, and a careful client too.
"""

import ctypes
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, TypeVar

from .virtual_run import runs
from .virtual_server import VirtualServer
from .virtual_time import Interrupted

T = TypeVar("T")

REAL_SECONDS = 20
MAX_EXTENSIONS = 2
_AGAIN_SECONDS = 1
# For a client that is interrupted where no signal reaches it.
_GIVE_UP_TURNS = 200
_TURN_SECONDS = 0.025
# Ignored by default, so one that comes too late does no harm.
_SIGNAL: int | None = getattr(signal, "SIGURG", None)


class Watchdog:
    """Watches the run of a client in the calling thread."""

    def __init__(self, server: VirtualServer) -> None:
        self._server = server
        self._client = threading.current_thread()
        self._changed = threading.Event()
        self._seconds: float | None = REAL_SECONDS
        self._requests = self._extensions = 0
        self._stopping = self._ended = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch until the end of the context; Interrupted may be raised in it."""
        with runs.real_time():
            threading.Thread(target=self._watch, name="aiimage-watchdog", daemon=True).start()
        try:
            with _on_signal(self._raise):
                yield
        finally:
            self._ended = True
            self._changed.set()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do not watch until the end of the context: an inner run has a watchdog of its own."""
        self._wait_for(None)
        try:
            yield
        finally:
            self._wait_for(REAL_SECONDS)

    def _wait_for(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._changed.set()

    def _watch(self) -> None:
        while True:
            changed = self._changed.wait(self._seconds)
            if self._ended:
                return
            if changed:
                self._changed.clear()
            elif not self._extended():
                self._stop()
                self._seconds = _AGAIN_SECONDS

    def _extended(self) -> bool:
        """Return whether the client gets more time, since it has sent requests in the time that it had."""
        requests = len(self._server.injector.arrivals)
        if self._stopping or requests == self._requests or self._extensions == MAX_EXTENSIONS:
            return False
        self._requests = requests
        self._extensions += 1
        return True

    def _stop(self) -> None:
        """Interrupt whatever the threads of the client do: waits in virtual time, for the mock, for locks, or none."""
        time = self._server.time
        time.interrupt("overdue")
        self._server.injector.disconnect()
        self._stopping = True
        busy = time.clients.acting(time.clients.others())
        if _SIGNAL is not None and self._client is threading.main_thread():
            signal.pthread_kill(self._client.ident or 0, _SIGNAL)
            busy = [each for each in busy if each is not self._client]
        for each in busy:
            number, exception = ctypes.c_ulong(each.ident or 0), ctypes.py_object(Interrupted)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(number, exception)

    def _raise(self, *_: object) -> None:
        if self._stopping and not self._ended:
            raise Interrupted("overdue")


@contextmanager
def _on_signal(handler: Callable[..., None]) -> Iterator[None]:
    """Handle the signal in the main thread, where it reaches every wait."""
    if _SIGNAL is None or not signals_reach():
        yield
        return
    before = signal.signal(_SIGNAL, handler)
    try:
        yield
    finally:
        signal.signal(_SIGNAL, before)


def signals_reach() -> bool:
    """Return whether a signal ends every wait of the calling thread."""
    return _SIGNAL is not None and threading.current_thread() is threading.main_thread()


def in_own_thread(function: Callable[[], T], interrupted: Callable[[], Any]) -> T:
    """Return the result of a function that runs in a thread of its own, which is abandoned if it does not end after an
    interruption.
    """
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(function())
        except BaseException as error:  # noqa: BLE001 (raised again in the calling thread)
            done.set_exception(error)

    thread = threading.Thread(target=copy_context().run, args=(run,), name="aiimage-client", daemon=True)
    thread.start()
    turns = 0
    while not done.done() and turns < _GIVE_UP_TURNS:
        thread.join(_TURN_SECONDS)
        turns += bool(interrupted())
    if not done.done():
        raise Interrupted("it does not end after its interruption")
    return done.result()

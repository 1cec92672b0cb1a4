"""The threads of the client in a run, which have virtual time; all other threads of the process have real time.

They are known as objects: the number of a thread that ended is given to the next one.
"""

import sys
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from os import sep
from threading import Thread
from typing import Any
from weakref import WeakSet

# Those that serve a mock.
_EXEMPT: WeakSet[Thread] = WeakSet()


def exempt(thread: Thread) -> None:
    """Give a thread real time for ever."""
    _EXEMPT.add(thread)


class ClientThreads:
    """The thread that begins a run, those that threads of the client start or give work, and those that send to the
    mock.
    """

    def __init__(self) -> None:
        self._threads: set[Thread] = set()

    def add(self, thread: Thread) -> bool:
        """Add a thread, and return True, if it is not exempt."""
        if thread in _EXEMPT:
            return False
        self._threads.add(thread)
        return True

    def discard(self, thread: Thread) -> None:
        """Take a thread out that could not be started."""
        self._threads.discard(thread)

    def has_current(self) -> bool:
        """Return whether the calling thread is one of them."""
        return threading.current_thread() in self._threads

    def others(self) -> list[Thread]:
        """Return those that have not ended, without the calling thread."""
        current = threading.current_thread()
        return [each for each in self._threads.copy() if each is not current and (not each.ident or each.is_alive())]


def acting(threads: Collection[Thread]) -> list[Thread]:
    """Return the threads that do something else than wait for another thread, or that another thread has just woken."""
    frames = sys._current_frames()
    return [each for each in threads if not (each.ident and _waits(frames.get(each.ident)))]


def _waits(frame: Any) -> bool:
    """Return whether a thread with this frame still waits: for a notification, the end of a thread, or work of a pool.

    Futures, events, semaphores and queues wait for notifications. A thread that was notified is no longer among the
    waiters, even if it has not continued yet.
    """
    if frame is None:  # it has just ended
        return True
    place, names = frame.f_code.co_filename.replace(sep, "/"), frame.f_locals
    match place.rpartition("/")[2], frame.f_code.co_name:
        case "threading.py", "wait" if "waiter" in names:
            return names["waiter"] in names["self"]._waiters
        case "threading.py", "join" | "_wait_for_tstate_lock":
            return bool(names["self"].is_alive())
        case "thread.py", "_worker" if "work_queue" in names:
            return bool(names["work_queue"].empty())
    return False


def quietly(run: Callable[[], None], ended_by: type[BaseException]) -> Callable[[], None]:
    """Return the work of a thread that ends without a traceback if its run is over."""

    def work() -> None:
        with suppress(ended_by):
            run()

    return work

"""The threads of the client in a run, which have virtual time; all other threads of the process have real time.

They are known as objects: the number of a thread that ended is given to the next one.
"""

import sys
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from os import sep
from threading import Thread
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

if TYPE_CHECKING:
    from concurrent.futures import Future

# Those that serve a mock.
_EXEMPT: WeakSet[Thread] = WeakSet()


def exempt(thread: Thread) -> None:
    """Give a thread real time permanently."""
    _EXEMPT.add(thread)


class ClientThreads:
    """The thread that begins a run, those that threads of the client start or give work, and those that send to the
    mock.
    """

    def __init__(self) -> None:
        self._threads: set[Thread] = set()
        # Work that the client gave to pools, each with the queue of the pool.
        self._work: dict[Future[Any], object] = {}

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

    def add_work(self, work: "Future[Any]", queue: object) -> None:
        """Note that the client gave work to the threads of a pool."""
        self._work[work] = queue

    def acting(self, threads: Collection[Thread]) -> list[Thread]:
        """Return the threads that do something else than wait for another one, or that were woken and have not yet
        continued.
        """
        for work in list(self._work):
            if work.running() or work.done():
                self._work.pop(work, None)
        frames = sys._current_frames()
        return [each for each in threads if not (each.ident and self._waits(frames.get(each.ident)))]

    def _waits(self, frame: Any) -> bool:
        """Return whether a thread with this frame still waits: for a notification, the end of a thread, or work of a
        pool.

        Futures, events, semaphores and queues wait for notifications. A thread that was notified is no longer among
        the waiters, even if it has not continued yet. A thread of a pool that ends, or that took work which does not
        run yet, still has the frame of one that waits.
        """
        if frame is None:  # it has just ended
            return True
        place, names = frame.f_code.co_filename.replace(sep, "/"), frame.f_locals
        match place.rpartition("/")[2], frame.f_code.co_name:
            case "threading.py", "wait" if "waiter" in names:
                return names["waiter"] in names["self"]._waiters
            case "threading.py", "join" | "_wait_for_tstate_lock":
                return names["self"] in threading.enumerate()
            case "thread.py", "_worker" if "work_queue" in names:
                pool = names["executor_reference"]()
                ends = pool is None or pool._shutdown
                return not ends and all(queue is not names["work_queue"] for queue in list(self._work.values()))
        return False


def quietly(run: Callable[[], None], ended_by: type[BaseException]) -> Callable[[], None]:
    """Return the work of a thread that ends without a traceback if its run is over."""

    def work() -> None:
        with suppress(ended_by):
            run()

    return work

"""Ctrl-C in the middle of many runs, also where the client or a destructor swallows it."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def kept_interrupts() -> Iterator[Callable[[], None]]:
    """Yield a function that raises KeyboardInterrupt if there was one since; call it between the runs.

    Python ignores an exception in a destructor, and a client may catch all of them.
    """
    before, seen = signal.getsignal(signal.SIGINT), threading.Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        seen.set()
        assert callable(before)
        before(number, frame)

    def check() -> None:
        if seen.is_set():
            raise KeyboardInterrupt

    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield check
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)

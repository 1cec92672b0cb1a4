"""A run that is interrupted ends at once, whatever it waits for."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_STATUS = 3


@contextmanager
def ended_by_signals(finish: Callable[[str], int]) -> Iterator[None]:
    """Inside, an interrupt or a termination calls `finish` with its name and ends the process with what it returns."""

    def end(number: int, _: FrameType | None) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        status = _STATUS
        try:
            status = finish(signal.Signals(number).name)
        finally:
            # No ordinary exit: it would wait for the threads, which may wait for a reply that never comes.
            os._exit(status)

    before = {each: signal.signal(each, end) for each in _SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)

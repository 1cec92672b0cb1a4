"""How much of a connection is read ahead, and how long a client may take."""

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.flow_control import FlowControl


class Patience:
    """What a client has left of the seconds it may take. `over` is called when they are used up.

    A timer is set once and looks, when it goes off, whether it has to go on: one for each request would cost too much.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, over: Callable[[], None]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._over = over
        self._timer: asyncio.TimerHandle | None = None
        self._until: float | None = None
        self._left: float | None = None

    def start(self) -> None:
        """Begin to count, unless that has begun."""
        if self._until is None and self._left is None:
            self._count(self._seconds)

    def pause(self) -> None:
        """Count no further for now: it is not the client who takes the time."""
        if self._until is not None:
            self._left = max(0.0, self._until - self._loop.time())
            self._until = None

    def resume(self) -> None:
        """Count on, if it was paused."""
        if self._left is not None:
            self._count(self._left)
            self._left = None

    def end(self) -> None:
        """Count no more: the client is done."""
        self._until = self._left = None

    def close(self) -> None:
        """Count no more, ever."""
        self.end()
        if self._timer is not None:
            self._timer.cancel()

    def _count(self, seconds: float) -> None:
        self._until = self._loop.time() + seconds
        if self._timer is not None and self._timer.when() > self._until:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = self._loop.call_later(seconds, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._until is None:
            return
        left = self._until - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._look)
            return
        self._until = None
        self._over()


class Flow(FlowControl):
    """uvicorn's flow control, with the bytes that were read and not yet parsed.

    While some wait, nothing more is read; and while nothing is read, the client's patience is not used up.
    """

    def __init__(self, transport: asyncio.Transport, patience: Patience) -> None:
        super().__init__(transport)
        self.waiting = bytearray()
        self._patience = patience

    def pause_reading(self) -> None:
        super().pause_reading()
        self._patience.pause()

    def resume_reading(self) -> None:
        if not self.waiting:
            super().resume_reading()
            self._patience.resume()

"""Deadlines: the seconds that a client may take, counted only while the mock reads."""

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.flow_control import FlowControl


class ClientDeadline:
    """The seconds that a client may take; `on_expiry` is called when they are used up."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, on_expiry: Callable[[], None]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._on_expiry = on_expiry
        self._timer: asyncio.TimerHandle | None = None
        self._until: float | None = None
        self._left: float | None = None

    def start(self) -> None:
        """Start to count, unless it counts already or is paused."""
        if self._until is None and self._left is None:
            self._count(self._seconds)

    def pause(self) -> None:
        """Stop counting while the mock, not the client, takes the time."""
        if self._until is not None:
            self._left = max(0.0, self._until - self._loop.time())
            self._until = None

    def resume(self) -> None:
        """Continue with the seconds that were left, if it was paused."""
        if self._left is not None:
            self._count(self._left)
            self._left = None

    def stop(self) -> None:
        """Stop counting: the client has done its part."""
        self._until = self._left = None

    def close(self) -> None:
        """Stop counting and cancel the timer."""
        self.stop()
        if self._timer is not None:
            self._timer.cancel()

    def _count(self, seconds: float) -> None:
        self._until = self._loop.time() + seconds
        if self._timer is not None and self._timer.when() > self._until:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = self._loop.call_later(seconds, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        if self._until is None:
            return
        left = self._until - self._loop.time()
        if left > 0:  # it was started again meanwhile: a timer for each request would cost too much
            self._timer = self._loop.call_later(left, self._on_timer)
            return
        self._until = None
        self._on_expiry()


class Flow(FlowControl):
    """uvicorn's flow control, with the bytes that were read and not parsed yet.

    While there are such bytes, no more is read; while nothing is read, the client's deadline is paused.
    """

    def __init__(self, transport: asyncio.Transport, deadline: ClientDeadline) -> None:
        super().__init__(transport)
        self.unparsed = bytearray()
        self._deadline = deadline

    def pause_reading(self) -> None:
        super().pause_reading()
        self._deadline.pause()

    def resume_reading(self) -> None:
        if not self.unparsed:
            super().resume_reading()
            self._deadline.resume()

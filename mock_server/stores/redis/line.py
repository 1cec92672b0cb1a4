"""A line to Valkey: commands out and replies in, in order. Nobody waits for the reply to somebody else's command."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any, cast

import hiredis
import msgspec

from ..protocol import StoreUnavailableError

LOOKS = 4
Command = tuple[str | bytes | int, ...]


class LineLostError(StoreUnavailableError):
    """The connection was lost, or no reply came in time: nobody knows whether what was sent was done."""


class _Asked(msgspec.Struct):
    """Commands whose replies are awaited. looks: after how many looks that has taken too long."""

    count: int
    looks: int
    future: asyncio.Future[list[Any]]
    replies: list[Any] = msgspec.field(default_factory=list)


class Line(asyncio.Protocol):
    """One connection, shared by all requests: what they send in one turn of the loop goes out together.

    The whole line is given up where a reply takes longer than `patience` seconds, since replies come in order. That is
    looked at four times within them: a process that stands still itself has then looked but once, and reads on.
    name: what messages call the server; lost: why the line is no more, "" while it is; slow: it was that.
    """

    def __init__(self, name: str, patience: float) -> None:
        self._name = name
        self._patience = patience
        self._looks = 0
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader()
        self._asked: deque[_Asked] = deque()
        self._outgoing: list[bytes] = []
        self._watch: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None
        self.lost = ""
        self.slow = False

    def ask(self, commands: Sequence[Command]) -> asyncio.Future[list[Any]]:
        """Send commands, and return their replies to come, errors among them. The future may raise LineLostError."""
        future = self._loop.create_future()
        if self.lost:
            future.set_exception(LineLostError(self.lost))
            return future
        self._asked.append(_Asked(len(commands), self._looks + LOOKS, future))
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.extend(map(hiredis.pack_command, commands))  # type: ignore[arg-type]
        if self._watch is None:
            self._look_later()
        return future

    def close(self, why: str = "was hung up on") -> None:
        """Hang up. Whoever waits is told why."""
        self.lost = self.lost or f"{self._name} {why}"
        if self._watch:
            self._watch.cancel()
        if self._transport:
            self._transport.abort()
        while self._asked:
            future = self._asked.popleft().future
            if not future.done():
                future.set_exception(LineLostError(self.lost))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, error: Exception | None) -> None:
        del error
        self.close("has closed the connection")

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        try:
            while self._asked and (reply := self._reader.gets()) is not False:
                self._answer(reply)
        except hiredis.ProtocolError:
            self.close("speaks another protocol")

    def _answer(self, reply: Any) -> None:
        asked = self._asked[0]
        asked.replies.append(reply)
        if len(asked.replies) == asked.count:
            self._asked.popleft()
            if not asked.future.done():
                asked.future.set_result(asked.replies)

    def _flush(self) -> None:
        if self._transport and not self.lost:
            self._transport.write(b"".join(self._outgoing))
        self._outgoing.clear()

    def _look_later(self) -> None:
        self._watch = self._loop.call_later(self._patience / LOOKS, self._look)

    def _look(self) -> None:
        """Give up if the one who has waited longest has waited too long; else look again, while somebody waits."""
        self._watch = None
        self._looks += 1
        if not self._asked:
            return
        if self._asked[0].looks < self._looks:
            self.slow = True
            self.close(f"did not answer for {self._patience:g} s")
        else:
            self._look_later()

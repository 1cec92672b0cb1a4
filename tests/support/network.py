"""A connection without a network, and timers without waiting."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from mock_server.domain.behaviour import Behaviour
from mock_server.http.server import JsonProtocol, limited_protocol
from support.clocks import settle
from support.mock import behaviour


class Timer:
    def __init__(self, when: float, callback: Callable[[], None]) -> None:
        self._when = when
        self.callback = callback
        self.cancelled = False

    def when(self) -> float:
        return self._when

    def cancel(self) -> None:
        self.cancelled = True


class TimerLoop:
    """The part of an event loop that a protocol needs: tasks of the real one, timers in virtual time."""

    def __init__(self) -> None:
        self._now = 0.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self._now

    def call_later(self, delay: float, callback: Callable[..., Any], *args: Any) -> Timer:
        assert not args
        self.timers.append(Timer(self._now + delay, callback))
        return self.timers[-1]

    def create_task(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        return asyncio.get_running_loop().create_task(coroutine)

    def advance(self, seconds: float) -> None:
        """Advance the time, and call due timers in order."""
        end = self._now + seconds
        while due := [each for each in self.timers if not each.cancelled and each.when() <= end]:
            timer = min(due, key=Timer.when)
            self._now = timer.when()
            self.timers.remove(timer)
            timer.callback()
        self._now = end

    @property
    def pending(self) -> int:
        return sum(not each.cancelled for each in self.timers)


class Connection(asyncio.Transport):
    """The client's end of a connection to the protocol. Sent bytes arrive when the server reads."""

    def __init__(self, app: Any, limits: Behaviour, state: ServerState | None = None) -> None:
        super().__init__()
        self.loop = TimerLoop()
        self.received = b""
        self.closed = self.aborted = self.ended = self.reading_paused = False
        self.unsent = b""
        self.untaken = 0
        config = uvicorn.Config(app, http=limited_protocol(limits), log_config=None, lifespan="off", ws="none")
        config.load()
        self.protocol: JsonProtocol = config.http_protocol_class(  # type: ignore[call-arg, assignment]
            config=config, server_state=state or ServerState(), app_state={}, _loop=self.loop
        )
        self.protocol.connection_made(self)

    async def send(self, data: bytes, at_once: int = 65_536) -> None:
        """Send bytes in pieces of at most `at_once`; return when the server has processed them."""
        self.unsent += data
        await settle()
        while self.unsent and not self.reading_paused and not self.closed:
            piece, self.unsent = self.unsent[:at_once], self.unsent[at_once:]
            self.protocol.data_received(piece)
            await settle()

    async def passes(self, seconds: float) -> None:
        self.loop.advance(seconds)
        await settle()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.closed
        self.received += bytes(data)

    def write_eof(self) -> None:
        assert not self.closed
        self.ended = True

    def get_write_buffer_size(self) -> int:
        return self.untaken

    def pause_reading(self) -> None:
        assert not self.reading_paused
        self.reading_paused = True

    def resume_reading(self) -> None:
        self.reading_paused = False

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            if not self.untaken:
                self.protocol.connection_lost(None)

    def abort(self) -> None:
        self.closed = self.aborted = True
        self.protocol.connection_lost(None)

    @property
    def statuses(self) -> list[int]:
        """Return the statuses of all replies, in order."""
        return [int(each[:3]) for each in self.received.split(b"HTTP/1.1 ")[1:]]


class App:
    """Reads each complete request, and answers when `may_answer` is set."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.bodies: list[bytes] = []
        self.gone = 0
        self.may_read = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_read.set()
        self.may_answer.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.begun.append(scope["path"])
        await self.may_read.wait()
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone += 1
                return
            body += message["body"]
            more = message["more_body"]
        self.bodies.append(body)
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


Scenario = Callable[[Connection, App], Awaitable[None]]


def play(scenario: Scenario, limits: Behaviour | None = None) -> Connection:
    """Run a scenario on a new connection and return it."""

    async def playing() -> Connection:
        app = App()
        connection = Connection(app, limits or behaviour())
        await scenario(connection, app)
        return connection

    return asyncio.run(playing())

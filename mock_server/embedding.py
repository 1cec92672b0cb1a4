"""The mock inside another program: a server in a thread, with a socket and as an ASGI application."""

import asyncio
import threading
from collections import deque
from collections.abc import Coroutine
from concurrent import futures
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import resources
from .app import contract, create_app, rules
from .behaviours import make_behaviour, read_changes
from .configuration import Settings, read_accounts
from .domain.clock import use_real_time
from .serving import address, bind, server_config

T = TypeVar("T")
_LOOK_SECONDS = 1
_STOPPED = "the mock of this process has stopped"
_Result = tuple[list[Message], Exception | None]


class EmbeddedServer:
    """A context manager that serves the mock on a free port of 127.0.0.1. Enter it once.

    origin: "http://127.0.0.1:PORT". app: in the place of the mock's own application.
    """

    origin: str

    def __init__(self, settings: Settings, app: ASGIApp | None = None) -> None:
        self._app = app or create_app(settings)
        config = server_config(_cancellable(self._app), settings)
        self._server = uvicorn.Server(config)
        self._runner = asyncio.Runner(loop_factory=config.get_loop_factory())
        self._thread = threading.Thread(target=self._serve, name="aiimage-mock", daemon=True)
        self._calls: set[asyncio.Task[_Result]] = set()

    def __enter__(self) -> Self:
        self._listener = bind("127.0.0.1", 0)
        self.origin = address(self._listener)
        # Made before the thread runs, so that a call or a stop can be scheduled from now on.
        self._loop = self._runner.get_loop()
        use_real_time(self._loop)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.stopped:
            self.run(self._stop())
        self._thread.join()
        self._listener.close()

    @property
    def stopped(self) -> bool:
        """Whether the server was entered and serves no more."""
        return not self._thread.is_alive()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Return the result of a coroutine that runs in the server's loop; raise RuntimeError if the server stops."""
        if self.stopped:
            coroutine.close()
            raise RuntimeError(_STOPPED)
        result = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        while not futures.wait([result], _LOOK_SECONDS).done:
            if self.stopped:
                raise RuntimeError(_STOPPED)
        return result.result()

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call of an ASGI client, from any asyncio loop; raise ConnectionResetError if a fault breaks the
        connection.

        The request is read first, and the response is sent when it is complete. So neither loop waits for the other:
        a test can block its own loop, and the client in it, while it moves the clock.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = self._shielded_call(scope, await _read_request(receive))
        sent, broken = await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(call, self._loop))
        for message in sent:
            await send(message)
        if broken:
            raise broken

    async def _shielded_call(self, scope: Scope, received: deque[Message]) -> _Result:
        call = asyncio.ensure_future(_call(self._app, scope, received))
        self._calls.add(call)  # the loop itself has only a weak reference
        call.add_done_callback(self._calls.discard)
        # A client that is cancelled counts as one that disconnects: the mock continues.
        return await asyncio.shield(call)

    def _serve(self) -> None:
        with self._runner as runner:
            runner.run(self._server.serve([self._listener]))

    async def _stop(self) -> None:
        """Close all connections, cancel all requests, also those that wait for a frozen clock, and stop the server."""
        state = self._server.server_state
        for connection in list(state.connections):
            connection.transport.abort()
        while state.connections:  # noqa: ASYNC110 (each closes on the next turn of the loop, without an event)
            await asyncio.sleep(0)
        for task in (*state.tasks, *self._calls):
            task.cancel()
        self._server.should_exit = True


def default_settings(behaviour: Path | None = None) -> Settings:
    """Return settings for tests: the ready-made accounts, and generations that take no time.

    behaviour: the name of a ready-made one, or a file, whose `generation_seconds` an engine takes.
    """
    accounts = read_accounts(resources.ACCOUNTS, contract())
    changes, profile = read_changes(behaviour, rules())
    return Settings(accounts, make_behaviour(changes, rules()), generation_seconds=0, profile=profile)


def _cancellable(app: ASGIApp) -> ASGIApp:
    """Return an application that can be cancelled; uvicorn would log a cancellation as an error."""

    async def cancellable(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(asyncio.CancelledError):
            await app(scope, receive, send)

    return cancellable


async def _read_request(receive: Receive) -> deque[Message]:
    """Return the messages of a request, to the end of its body or until the client disconnects."""
    received = deque([await receive()])
    while received[-1].get("more_body"):
        received.append(await receive())
    return received


async def _call(app: ASGIApp, scope: Scope, received: deque[Message]) -> _Result:
    """Return the messages that the application sends, and the exception that it raises, if any."""
    sent: list[Message] = []

    async def receive() -> Message:
        return received.popleft() if received else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    try:
        await app(scope, receive, send)
    except Exception as error:  # noqa: BLE001 (raised again in the loop of the client)
        return sent, error
    return sent, None

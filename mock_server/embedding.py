"""The mock inside another program: a server in a thread, reachable over a socket and as an ASGI application."""

import asyncio
import threading
from collections import deque
from contextlib import suppress
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import resources
from .app import contract, create_app, rules
from .configuration import Settings, read_accounts, read_behaviour
from .serving import address, bind, server_config

_Answer = tuple[list[Message], Exception | None]


class EmbeddedServer:
    """A server from the moment it is entered until it is left, on a free port of 127.0.0.1. Enter it once.

    origin: "http://127.0.0.1:PORT".
    """

    origin: str

    def __init__(self, settings: Settings) -> None:
        self._app = create_app(settings)
        config = server_config(_cancellable(self._app), settings)
        self._server = uvicorn.Server(config)
        self._runner = asyncio.Runner(loop_factory=config.get_loop_factory())
        self._thread = threading.Thread(target=self._serve, name="aiimage-mock", daemon=True)
        self._calls: set[asyncio.Task[_Answer]] = set()

    def __enter__(self) -> Self:
        self._listener = bind("127.0.0.1", 0)
        self.origin = address(self._listener)
        self._loop = self._runner.get_loop()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._thread.join()
        self._listener.close()

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call of an ASGI client in whatever asyncio loop it runs; raise ConnectionResetError where a
        fault breaks the connection.

        The request is taken in first, and the answer given when it is whole. So neither loop ever waits for the
        other: a test may move the clock while its own loop, and the client in it, stand still. Who stops waiting
        for an answer is like a client that hangs up: the mock goes on.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = self._called(scope, await _all(receive))
        sent, broken = await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(call, self._loop))
        for message in sent:
            await send(message)
        if broken:
            raise broken

    async def _called(self, scope: Scope, received: deque[Message]) -> _Answer:
        call = asyncio.ensure_future(_answer(self._app, scope, received))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        return await asyncio.shield(call)

    def _serve(self) -> None:
        with self._runner as runner:
            runner.run(self._server.serve([self._listener]))

    async def _stop(self) -> None:
        """Hang up on everybody, let go of what waits for a clock that nobody will move, and have the server end."""
        state = self._server.server_state
        for connection in list(state.connections):
            connection.transport.abort()
        while state.connections:  # noqa: ASYNC110 (each is gone in a moment, and tells nobody)
            await asyncio.sleep(0)
        for task in (*state.tasks, *self._calls):
            task.cancel()
        self._server.should_exit = True


def default_settings() -> Settings:
    """Return the settings of a mock for tests: the ready-made accounts, and generations that take no time."""
    accounts = read_accounts(resources.ACCOUNTS, contract())
    return Settings(accounts, read_behaviour(None, rules()), generation_seconds=0)


def _cancellable(app: ASGIApp) -> ASGIApp:
    """Return the application as one that may be cancelled, which uvicorn else takes for a failure of it."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(asyncio.CancelledError):
            await app(scope, receive, send)

    return served


async def _all(receive: Receive) -> deque[Message]:
    """Return what the client sends, to the end of the body or until it hangs up."""
    received = deque([await receive()])
    while received[-1].get("more_body"):
        received.append(await receive())
    return received


async def _answer(app: ASGIApp, scope: Scope, received: deque[Message]) -> _Answer:
    """Return what the application sends, and what it raised then, if anything."""
    sent: list[Message] = []

    async def receive() -> Message:
        return received.popleft() if received else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    try:
        await app(scope, receive, send)
    except Exception as error:  # noqa: BLE001 (it is raised where the client waits)
        return sent, error
    return sent, None

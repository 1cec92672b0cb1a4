"""The mock inside another program: a server in a thread, reachable over a socket and as an ASGI application."""

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import Receive, Scope, Send

from . import resources
from .app import contract, create_app, rules
from .configuration import read_accounts, read_behaviour
from .serving import address, bind, server_config
from .settings import Settings


class EmbeddedServer:
    """A server from the moment it is entered until it is left. It answers on a free port of 127.0.0.1.

    `app` is the same server as an ASGI application: it may be called from any event loop.
    """

    def __init__(self, settings: Settings) -> None:
        self._app = create_app(settings)
        self._server = uvicorn.Server(server_config(self._app, settings))
        self._listener = bind("127.0.0.1", 0)
        self.origin = address(self._listener)
        self._loop = _new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="aiimage-mock", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call of an ASGI server or client, whose event loop is not that of the mock."""
        theirs = asyncio.get_running_loop()
        call = self._app(scope, _in_loop(theirs, receive), _in_loop(theirs, send))
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_awaited(call), self._loop))

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._server.serve([self._listener]))
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()


def default_settings() -> Settings:
    """Return the settings of a mock for tests: the ready-made accounts, and generations that take no time."""
    accounts = read_accounts(resources.ACCOUNTS, contract())
    return Settings(accounts, read_behaviour(None, rules()), generation_seconds=0)


def _in_loop(loop: asyncio.AbstractEventLoop, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Return the function as one that can be awaited in another loop than its own."""

    async def called(*arguments: Any) -> Any:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_awaited(function(*arguments)), loop))

    return called


async def _awaited(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


def _new_event_loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()

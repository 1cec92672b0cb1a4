"""Routing: the exact paths of the API come before any other router, and what is rarely used is made on first use."""

from collections.abc import Callable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.faults.transmission import Ending

from .connections import EXTENSION


class ExactRouter:
    """The mock as an ASGI application: each exact path has its application, all others share `default`.

    A call that comes without a socket raises ConnectionResetError where a fault breaks the connection.
    """

    def __init__(self, exact: Mapping[str, ASGIApp], default: ASGIApp) -> None:
        self._exact = exact
        self._default = default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._exact.get(scope["path"], self._default) if scope["type"] == "http" else self._default
        if EXTENSION in scope.get("extensions", ()):
            await app(scope, receive, send)
            return
        connection = _InProcessConnection()
        extensions = {**scope.get("extensions", {}), EXTENSION: connection}
        await app({**scope, "extensions": extensions}, receive, send)
        if connection.is_closing():
            raise ConnectionResetError("a fault broke the connection")


class LazyApp:
    """An ASGI application that is made on its first request, so that it costs no time at startup."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            self._app = self._make()
        await self._app(scope, receive, send)


class _InProcessConnection:
    """The connection of a call that comes without a socket."""

    def __init__(self) -> None:
        self._broken = False

    def is_closing(self) -> bool:
        return self._broken

    def cork(self) -> None:
        pass

    def uncork(self) -> None:
        pass

    def end(self, ending: Ending) -> None:
        del ending
        self._broken = True

"""Paths: those of the API are known by heart, and come before any router."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send


class Paths:
    """An ASGI application that leads to one application by the exact path, and to another where none is named."""

    def __init__(self, exact: Mapping[str, ASGIApp], other: ASGIApp) -> None:
        self._exact = exact
        self._other = other

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        app = self._exact.get(scope["path"], self._other) if scope["type"] == "http" else self._other
        return app(scope, receive, send)


class OnDemand:
    """An ASGI application that is made when it is first asked: it costs no time at the start."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            self._app = self._make()
        await self._app(scope, receive, send)

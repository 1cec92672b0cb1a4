"""Routing: paths of the API by table lookup, before any other router; applications that are made on first use."""

from collections.abc import Callable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.contract.operations import path_names, path_pattern
from mock_server.faults.transmission import Ending

from .connections import EXTENSION


class PathRouter:
    """The mock as an ASGI application: paths of the API, exact ones before those with parameters, then `other`.

    slashed: what answers a path of the API that is followed by slashes, from the path's own application.

    A call that comes without a socket raises ConnectionResetError if a fault breaks the connection.
    """

    def __init__(
        self, apps: Mapping[str, ASGIApp], other: ASGIApp, slashed: Callable[[ASGIApp], ASGIApp] | None = None
    ) -> None:
        """apps: by path, where "{name}" stands for one segment."""
        self._exact = {path: app for path, app in apps.items() if not path_names(path)}
        self._templates = [
            (path_pattern(path), path_names(path), app) for path, app in apps.items() if path_names(path)
        ]
        self._other = other
        self._slashed = slashed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A lookup first: another router would match one pattern after the other.
        app = self._exact.get(scope["path"]) if scope["type"] == "http" else self._other
        if app is None:
            app, scope = self._match(scope)
        if EXTENSION in scope.get("extensions", ()):
            await app(scope, receive, send)
            return
        connection = _InProcessConnection()
        extensions = {**scope.get("extensions", {}), EXTENSION: connection}
        await app({**scope, "extensions": extensions}, receive, send)
        if connection.is_closing():
            raise ConnectionResetError("a fault broke the connection")

    def _match(self, scope: Scope) -> tuple[ASGIApp, Scope]:
        """Return the application of a path that is not exact, and the scope with the path's parameters."""
        path = scope["path"]
        if self._slashed and path.endswith("/"):
            app, parameters = self._known(path.rstrip("/"))
            app = self._slashed(app) if app else None
        else:
            app, parameters = self._known(path)
        return app or self._other, {**scope, "path_params": parameters} if parameters else scope

    def _known(self, path: str) -> tuple[ASGIApp | None, dict[str, str]]:
        """Return the application of a path of the API, None for any other, and the path's parameters."""
        if path in self._exact:
            return self._exact[path], {}
        for pattern, names, app in self._templates:
            if found := pattern.fullmatch(path):
                return app, dict(zip(names, found.groups(), strict=True))
        return None, {}


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

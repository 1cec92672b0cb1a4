"""Routing: paths of the API by table lookup, before any router."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.contract.operations import path_names, path_pattern


class Paths:
    """Selects an application by the path: an exact one first, then one with parameters, then `other`."""

    def __init__(self, apps: Mapping[str, ASGIApp], other: ASGIApp) -> None:
        """apps: by path, where "{name}" stands for one segment."""
        self._exact = {path: app for path, app in apps.items() if not path_names(path)}
        self._templates = [
            (path_pattern(path), path_names(path), app) for path, app in apps.items() if path_names(path)
        ]
        self._other = other

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http":
            if app := self._exact.get(scope["path"]):
                return app(scope, receive, send)
            for pattern, names, app in self._templates:
                if found := pattern.fullmatch(scope["path"]):
                    values = dict(zip(names, found.groups(), strict=True))
                    return app({**scope, "path_params": values}, receive, send)
        return self._other(scope, receive, send)


class OnDemand:
    """An ASGI application that is made when it is first asked: it costs no time at the start."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            self._app = self._make()
        await self._app(scope, receive, send)

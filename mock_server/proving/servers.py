"""One address under which the mock behaves by one reading after another."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.app import create_app, open_rendered
from mock_server.configuration import Settings
from mock_server.embedding import EmbeddedServer

_KEPT = 128


class _Switch:
    """An application that passes each request to the one that is selected when it begins."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls += 1
        await self.app(scope, receive, send)


class ReadingServer:
    """A context manager: one embedded server, with an application for each reading, made on demand.

    Its address stays the same, so that fixtures and clients that know it are good under each reading.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # A test has the same pictures under most readings, and they are slow to render.
        self._rendered = open_rendered(settings)
        self._base = create_app(settings, rendered=self._rendered)
        self._others: OrderedDict[str, ASGIApp] = OrderedDict()
        self._switch = _Switch(self._base)
        self._server = EmbeddedServer(settings, self._switch)
        self.app = self._server.app

    def __enter__(self) -> Self:
        self._server.__enter__()
        self.origin = self._server.origin
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)

    @property
    def calls(self) -> int:
        """The number of requests so far."""
        return self._switch.calls

    def use_default(self) -> None:
        """Behave as in the settings."""
        self._switch.app = self._base

    def use(self, values: Mapping[str, Any]) -> None:
        """Behave by other values of settings, with a state of their own, also where there are none."""
        name = repr(sorted(values.items()))
        app = self._others.pop(name, None) or self._create(values)
        self._others[name] = self._switch.app = app
        if len(self._others) > _KEPT:
            self._others.popitem(last=False)

    def use_fresh(self, values: Mapping[str, Any]) -> None:
        """Behave by other values of settings, with an empty state."""
        self._switch.app = self._create(values)

    def _create(self, values: Mapping[str, Any]) -> ASGIApp:
        behaviour = msgspec.structs.replace(self._settings.behaviour, **values)
        return create_app(replace(self._settings, behaviour=behaviour), rendered=self._rendered)

"""What the mock says of itself: whether it is well, and how it behaves."""

from starlette.requests import Request
from starlette.responses import Response

from mock_server import __version__
from mock_server.contract import Rules
from mock_server.service import Service

from .http import answer
from .worlds import names


class About:
    """The calls about the mock itself."""

    def __init__(self, service: Service, rules: Rules) -> None:
        self._service = service
        self._rules = rules

    async def health(self, request: Request) -> Response:
        """Answer GET /health."""
        del request
        kind, worlds = self._service.store.kind, len(await names(self._service))
        return answer({"status": "ok", "version": __version__, "state": kind, "worlds": worlds})

    async def behaviour(self, request: Request) -> Response:
        """Answer GET /behaviour: every setting with its value, its default and its source."""
        del request
        return answer([self._setting(name) for name in self._rules.settings])

    def _setting(self, name: str) -> dict[str, object]:
        setting = self._rules.settings[name]
        return {
            "name": name,
            "value": getattr(self._service.behaviour, name),
            "default": setting.default,
            "takes": setting.takes,
            "source": setting.source,
            "rule": setting.rule,
        }

"""The routes of the control API."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.contract import Contract, Rules
from mock_server.service import Service

from .server import About
from .auth import Admission
from .clocks import Clocks
from .events import EventStream
from .faults import Faults
from .guards import Guard
from .images import Images, Picture
from .requests import Requests
from .scenarios import Scenarios
from .snapshots import Snapshots
from .worlds import Worlds


def control_app(
    service: Service,
    contract: Contract,
    rules: Rules,
    picture: Picture,
    page: ASGIApp,
    pages: Mapping[str, ASGIApp],
    admission: Admission,
    local: bool,
) -> Guard:
    """Return what is to be mounted under /_mock. picture: the PNG of a title; page: what answers at /_mock/ itself;
    pages: what answers at each of these paths, and at what is under them, to whom the control API does; local: the
    server is bound to loopback.
    """
    calls = _calls(service, contract, rules, picture)
    whole = [Route(path, each, methods=["GET"]) for path, each in pages.items()]
    under = [Mount(path, each) for path, each in pages.items()]
    return Guard(_Router([*calls, *whole, *under], redirect_slashes=False), page, admission, local)


def _calls(service: Service, contract: Contract, rules: Rules, picture: Picture) -> list[Route]:
    worlds, clocks, faults = Worlds(service), Clocks(service), Faults(service, contract)
    requests, about = Requests(service, contract, rules), About(service, rules)
    snapshots, scenarios = Snapshots(service, requests), Scenarios(service, contract)
    events, images = EventStream(service), Images(service, picture)
    return [
        Route("/health", about.health, methods=["GET"]),
        Route("/behaviour", about.behaviour, methods=["GET"]),
        Route("/worlds", worlds.list, methods=["GET"]),
        Route("/worlds/{token}", worlds.one, methods=["GET", "PUT", "PATCH", "DELETE"]),
        Route("/worlds/{token}/clock", clocks.one, methods=["GET", "POST"]),
        Route("/worlds/{token}/faults", faults.one, methods=["GET", "PUT", "POST", "DELETE"]),
        Route("/worlds/{token}/images", images.all, methods=["GET"]),
        Route("/worlds/{token}/images/{title}", images.one, methods=["GET"]),
        Route("/worlds/{token}/scenario", scenarios.one, methods=["PUT"]),
        Route("/faults", faults.all, methods=["GET"]),
        Route("/scenarios", scenarios.all, methods=["GET"]),
        Route("/reset", worlds.reset, methods=["POST"]),
        Route("/requests", requests.all, methods=["GET", "DELETE"]),
        Route("/requests/{id}", requests.one, methods=["GET"]),
        Route("/coverage", requests.coverage, methods=["GET"]),
        Route("/verdict", requests.verdict, methods=["GET"]),
        Route("/snapshot", snapshots.one, methods=["GET", "PUT"]),
        Route("/events", events.listen, methods=["GET"]),
    ]


class _Router(Router):
    """A router that goes by the path as it was sent, so that a token may contain a slash, as %2F."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
        await super().__call__({**scope, "path": path.decode("latin-1")}, receive, send)

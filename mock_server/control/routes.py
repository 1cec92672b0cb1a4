"""The routes of the control API."""

from collections.abc import Mapping, Sequence
from functools import partial
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.contract import Contract, Rules
from mock_server.profiles import Profile
from mock_server.service import Service

from .auth import Auth, Guard
from .clocks import clock
from .events import events
from .faults import fault_kinds, world_faults
from .page_data import behaviour, health
from .requests import Requests
from .scenarios import list_scenarios, start_scenario
from .sending import send_request
from .snapshots import snapshot
from .world_list import list_worlds
from .worlds import Picture, images, picture, reset, world


def control_app(calls: Sequence[Route], page: ASGIApp, pages: Mapping[str, ASGIApp], auth: Auth, local: bool) -> Guard:
    """Return the application to mount under /_mock. page: answers /_mock/ itself; pages: answer these paths and
    everything under them, behind the checks; local: bound to loopback.
    """
    whole = [Route(path, each, methods=["GET"]) for path, each in pages.items()]
    under = [Mount(path, each) for path, each in pages.items()]
    return Guard(_Router([*calls, *whole, *under], redirect_slashes=False), page, auth, local)


def control_calls(
    service: Service, contract: Contract, rules: Rules, profile: Profile | None, render: Picture, api: ASGIApp
) -> list[Route]:
    """Return the calls of the control API. profile: the evidence of measured settings; render: returns the picture of
    an image's title; api: answers the emulated API.
    """
    requests = Requests(service, contract, rules)
    a_world = "/worlds/{token}"
    return [
        Route("/health", partial(health, service), methods=["GET"]),
        Route("/metrics", partial(_metrics, service), methods=["GET"]),
        Route("/behaviour", partial(behaviour, service, rules, profile), methods=["GET"]),
        Route("/worlds", partial(list_worlds, service), methods=["GET"]),
        Route(a_world, partial(world, service), methods=["GET", "PUT", "PATCH", "DELETE"]),
        Route(f"{a_world}/clock", partial(clock, service), methods=["GET", "POST"]),
        Route(f"{a_world}/faults", partial(world_faults, service, contract), methods=["GET", "PUT", "POST", "DELETE"]),
        Route(f"{a_world}/images", partial(images, service), methods=["GET"]),
        Route(f"{a_world}/images/{{title}}", partial(picture, service, render), methods=["GET"]),
        Route(f"{a_world}/scenario", partial(start_scenario, service, contract), methods=["PUT"]),
        Route("/faults", partial(fault_kinds, contract), methods=["GET"]),
        Route("/scenarios", partial(list_scenarios, contract), methods=["GET"]),
        Route("/reset", partial(reset, service), methods=["POST"]),
        Route("/requests", partial(_requests, requests, api), methods=["GET", "POST", "DELETE"]),
        Route("/requests/{id}", requests.one, methods=["GET"]),
        Route("/coverage", requests.coverage, methods=["GET"]),
        Route("/verdict", requests.verdict, methods=["GET"]),
        Route("/snapshot", partial(snapshot, service, requests.report), methods=["GET", "PUT"]),
        Route("/events", partial(events, service), methods=["GET"]),
    ]


async def _metrics(service: Service, _: Request) -> Response:
    """Answer GET /metrics."""
    from .metrics import metrics  # loaded only if metrics are read

    return await metrics(service)


async def _requests(requests: Requests, api: ASGIApp, request: Request) -> Response:
    """Answer GET and DELETE of /requests from the journal, and a POST by sending a request."""
    return await (send_request(api, request) if request.method == "POST" else requests.all(request))


class _Router(Router):
    """A router that matches the path as it was sent, so that a token may contain a slash, sent as %2F."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
        await super().__call__({**scope, "path": path.decode("latin-1")}, receive, send)

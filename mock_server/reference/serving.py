"""The page and its style over HTTP."""

from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from mock_server.contract import Rules
from mock_server.contract.document import Node

from .operations import Server
from .page import render

_STYLE = Path(__file__).parent / "static" / "reference.css"
_HEADERS = {
    "cache-control": "no-cache",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def reference_app(document: Node, rules: Rules, values: Mapping[str, object], token: str | None) -> Router:
    """Return what answers /docs, and what is under it. values: of the mock's settings; token: one for the examples."""
    style = _STYLE.read_bytes()

    async def page(request: Request) -> Response:
        server = Server(f"{request.url.scheme}://{request.url.netloc}", token)
        return Response(render(document, rules, values, server), headers=_HEADERS, media_type="text/html")

    async def stylesheet(request: Request) -> Response:
        del request
        return Response(style, headers=_HEADERS, media_type="text/css")

    routes = [Route("/docs", page, methods=["GET"]), Route("/reference.css", stylesheet, methods=["GET"])]
    return Router(routes, redirect_slashes=False)

"""The reference as a page, and its stylesheet."""

from collections.abc import Mapping
from functools import cache
from http.client import responses
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from mock_server.contract import Contract, Rules

from .operations import Operation, Server, fallbacks, operations
from .schemas import schemas

_TEMPLATES = Path(__file__).parent / "templates"
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
_SOURCES = {
    "doc": ("Documented", "Stated by the API's own documentation page: a service that contradicts it is wrong."),
    "platform": (
        "Assumed: other pages of the vendor's documentation",
        "Documented for the platform, and perhaps not binding for this API. Another service may differ.",
    ),
    "inferred": (
        "Assumed: seen in the product family",
        "Seen in public products of the same family; the documentation is silent. Another service may differ.",
    ),
    "assumed": (
        "Assumed: our own choice",
        "Chosen where nothing is known. Another service may differ.",
    ),
}


def reference_app(contract: Contract, rules: Rules, values: Mapping[str, object], token: str | None) -> Router:
    """Return the application that answers /docs and its stylesheet. values: of this mock's settings, by name; token: a
    valid one for the examples, None if there is none.
    """
    style = _STYLE.read_bytes()

    async def page(request: Request) -> Response:
        server = Server(f"{request.url.scheme}://{request.url.netloc}", token)
        return Response(render(contract, rules, values, server), headers=_HEADERS, media_type="text/html")

    async def stylesheet(_: Request) -> Response:
        return Response(style, headers=_HEADERS, media_type="text/css")

    routes = [Route("/docs", page, methods=["GET"]), Route("/reference.css", stylesheet, methods=["GET"])]
    return Router(routes, redirect_slashes=False)


def render(contract: Contract, rules: Rules, values: Mapping[str, object], server: Server) -> str:
    """Return the page as HTML. values: of this mock's settings, by name."""
    document, found = contract.document, operations(contract, server)
    return (
        _environment()
        .get_template("reference.html")
        .render(
            info=document["info"],
            service=document["servers"][0],
            server=server,
            operations=found,
            fallbacks=fallbacks(contract),
            schemas=schemas(document),
            rules=rules,
            sources=_SOURCES,
            values=values,
            leads=_leads(found),
        )
    )


def _leads(found: list[Operation]) -> dict[str, list[tuple[str, int]]]:
    """Return the operations and statuses that each rule leads to, by its id."""
    leads: dict[str, list[tuple[str, int]]] = {}
    for operation in found:
        for response in operation.responses:
            for rule in response.rules:
                leads.setdefault(rule, []).append((operation.id, response.status))
    return leads


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"markdown": _markdown, "inline": _inline, "phrase": _phrase, "shown": _shown}
    return environment


@cache
def _reader() -> MarkdownIt:
    """Return the reader of the document's Markdown."""
    # Headings in a description would break the order of the page's own headings.
    return MarkdownIt("commonmark", {"html": False}).disable(["heading", "lheading", "image"])


def _markdown(text: str) -> Markup:
    return Markup(_reader().render(text))  # noqa: S704 (the reader escapes HTML)


def _inline(text: str) -> Markup:
    return Markup(_reader().renderInline(" ".join(text.split())))  # noqa: S704 (the same)


def _phrase(status: int) -> str:
    """Return the reason phrase of a status, empty for an unknown one."""
    return responses.get(status, "")


def _shown(value: Any) -> str:
    """Return the value of a setting as text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {each}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)

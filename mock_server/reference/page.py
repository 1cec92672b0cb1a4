"""The reference as a page, its files, and the document to download."""

import json
from collections.abc import Mapping
from functools import cache
from http.client import responses
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from mock_server.contract import Contract, Rules

from .operations import Operation, Server, fallbacks, operations
from .schemas import schemas

_TEMPLATES = Path(__file__).parent / "templates"
_STATIC = Path(__file__).parent / "static"
# The types of the machine are not used: some systems serve JavaScript as plain text, which no browser runs.
_TYPES: Mapping[str, str] = {".css": "text/css", ".js": "text/javascript"}
_HEADERS = {
    "cache-control": "no-cache",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
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
    """Return the application that answers /docs and its files. values: of this mock's settings, by name; token: a valid
    one for the examples, None if there is none.
    """
    files = {path.name: (path.read_bytes(), _TYPES[path.suffix]) for path in _STATIC.iterdir() if path.suffix in _TYPES}
    files["openapi.json"] = json.dumps(contract.document, ensure_ascii=False, indent=2).encode(), "application/json"

    async def page(request: Request) -> Response:
        server = Server(f"{request.url.scheme}://{request.url.netloc}", token)
        return Response(render(contract, rules, values, server), headers=_HEADERS, media_type="text/html")

    async def file(request: Request) -> Response:
        found = files.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        return Response(found[0], headers=_HEADERS, media_type=found[1])

    routes = [Route("/docs", page, methods=["GET"]), Route("/{name}", file, methods=["GET"])]
    return Router(routes, redirect_slashes=False)


def render(contract: Contract, rules: Rules, values: Mapping[str, object], server: Server) -> str:
    """Return the page as HTML. values: of this mock's settings, by name."""
    document, found = contract.document, operations(contract, server)
    return (
        _environment()
        .get_template("reference.html")
        .render(
            version=document["openapi"],
            info=document["info"],
            service=document["servers"][0],
            server=server,
            base=f"{server.origin}{contract.base_path}",
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

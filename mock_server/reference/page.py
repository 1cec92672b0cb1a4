"""The reference as HTML."""

from collections.abc import Mapping
from functools import cache
from http.client import responses
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from mock_server.contract import Rules
from mock_server.contract.document import Node

from .operations import Operation, Server, fallbacks, operations
from .schemas import schemas

_TEMPLATES = Path(__file__).parent / "templates"
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


def render(document: Node, rules: Rules, values: Mapping[str, object], server: Server) -> str:
    """Return the page. values: what this mock's settings are, by name."""
    found = operations(document, server)
    return (
        _environment()
        .get_template("reference.html")
        .render(
            info=document["info"],
            service=document["servers"][0],
            server=server,
            tags={tag["name"]: tag.get("description", "") for tag in document.get("tags", ())},
            operations=found,
            fallbacks=fallbacks(document),
            schemas=schemas(document),
            rules=rules,
            sources=_SOURCES,
            values=values,
            leads=_leads(found),
        )
    )


def _leads(found: list[Operation]) -> dict[str, list[tuple[str, int]]]:
    """Return where each rule leads: operations and statuses, by its id."""
    leads: dict[str, list[tuple[str, int]]] = {}
    for operation in found:
        for answer in operation.answers:
            for rule in answer.rules:
                leads.setdefault(rule, []).append((operation.id, answer.status))
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
    """Return what reads the document's Markdown. A heading there would break the order of the page's own."""
    return MarkdownIt("commonmark", {"html": False}).disable(["heading", "lheading", "image"])


def _markdown(text: str) -> Markup:
    return Markup(_reader().render(text))  # noqa: S704 (the reader escapes what is no Markdown)


def _inline(text: str) -> Markup:
    return Markup(_reader().renderInline(" ".join(text.split())))  # noqa: S704 (the same)


def _phrase(status: int) -> str:
    """Return the usual words for a status, none for one that has none."""
    return responses.get(status, "")


def _shown(value: Any) -> str:
    """Return the value of a setting in words."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {each}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)

"""Operations as the reference shows them: parameters, examples to copy, answers with the rules that lead there."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mock_server.contract.document import Node, follow

from . import commands
from .schemas import Type, Variant, type_of, variants

_METHODS = ("get", "put", "post", "delete", "patch")
_FORM = "multipart/form-data"
_JSON = "application/json"
_LINE = 100


@dataclass(frozen=True, slots=True)
class Server:
    """Where the examples are sent. origin: "http://HOST:PORT"; token: one that is served, None where there is none."""

    origin: str
    token: str | None


@dataclass(frozen=True, slots=True)
class Example:
    """A request to copy. status: what it is answered with where it can be served at all."""

    title: str
    description: str
    encoding: str | None
    command: str
    status: int


@dataclass(frozen=True, slots=True)
class Body:
    """An example of an answer. text: its JSON."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A documented answer. body: what it is; source: whence that is known; rules: ids of those that lead there;
    headers: names and what they say; command: one that asks for it, None where nobody can.
    """

    status: int
    description: str
    source: str | None
    rules: tuple[str, ...]
    body: Type
    headers: Mapping[str, str]
    bodies: tuple[Body, ...]
    command: str | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. path includes the server's base path; secured: it takes a token."""

    id: str
    tag: str
    method: str
    path: str
    title: str
    description: str
    secured: bool
    rules: tuple[str, ...]
    variants: tuple[Variant, ...]
    examples: tuple[Example, ...]
    answers: tuple[Answer, ...]


def operations(document: Node, server: Server) -> list[Operation]:
    """Return the operations, in the order of the document."""
    base = urlsplit(document["servers"][0]["url"]).path.rstrip("/")
    return [
        _operation(document, node, method.upper(), base + path, server)
        for path, item in document["paths"].items()
        for method, node in item.items()
        if method in _METHODS
    ]


def fallbacks(document: Node) -> list[Answer]:
    """Return the answers to what is no operation."""
    nodes = document.get("x-fallback-responses", {})
    return [_answer(document, int(status), node, None) for status, node in nodes.items()]


def _operation(document: Node, node: Node, method: str, path: str, server: Server) -> Operation:
    secured = all(node.get("security", document.get("security")) or [{}])
    url, token = server.origin + path, server.token if secured else None
    content = follow(document, node.get("requestBody", {})).get("content", {})
    examples = tuple(_examples(document, content, method, url, token, _success(node)))
    return Operation(
        id=node["operationId"],
        tag=node.get("tags", [""])[0],
        method=method,
        path=path,
        title=node.get("summary", node["operationId"]),
        description=node.get("description", ""),
        secured=secured,
        rules=tuple(node.get("x-rules", ())),
        variants=tuple(variants(document, content)),
        examples=examples,
        answers=tuple(
            _answer(document, int(status), each, _forced(url, method, token, int(status)))
            for status, each in node["responses"].items()
        ),
    )


def _success(node: Node) -> int:
    return min(int(status) for status in node["responses"])


def _forced(url: str, method: str, token: str | None, status: int) -> str:
    return commands.request(url, method, token, {"Prefer": f"code={status}"})


def _examples(
    document: Node, content: Node, method: str, url: str, token: str | None, status: int
) -> Iterator[Example]:
    if not content:
        yield Example("A request", "", None, commands.request(url, method, token), status)
    for media_type, media in content.items():
        for each in media.get("examples", {}).values():
            value = each["value"]
            command = (
                commands.with_form(url, method, token, value, _files(document, media))
                if media_type == _FORM
                else commands.with_json(url, method, token, value)
            )
            yield Example(each.get("summary", ""), each.get("description", ""), media_type, command, status)


def _files(document: Node, media: Node) -> frozenset[str]:
    found = variants(document, {_FORM: media})
    return frozenset(field.name for each in found for field in each.schema.fields if field.type.kind == "file")


def _answer(document: Node, status: int, node: Node, command: str | None) -> Answer:
    node = follow(document, node)
    media = node["content"][_JSON]
    headers = {
        name: follow(document, header).get("description", "") for name, header in node.get("headers", {}).items()
    }
    bodies = tuple(Body(each.get("summary", ""), _json(each["value"])) for each in media.get("examples", {}).values())
    rules = tuple(node.get("x-rules", ()))
    source = node.get("x-source")
    return Answer(
        status, node["description"], source, rules, type_of(document, media["schema"]), headers, bodies, command
    )


def _json(value: Any) -> str:
    """Return a value in one line, where one holds it."""
    line = json.dumps(value, ensure_ascii=False)
    return line if len(line) <= _LINE else json.dumps(value, ensure_ascii=False, indent=2)

"""Operations as the reference shows them: parameters, example requests, responses with the rules that lead to them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.contract import Contract
from mock_server.contract import Operation as ContractOperation
from mock_server.contract import Response as ContractResponse
from mock_server.contract.document import Node, follow

from . import commands
from .console import Form, forms
from .schemas import Field, Type, Variant, type_of, variants

_FORM = "multipart/form-data"
_JSON = "application/json"
_MAX_LINE = 100


@dataclass(frozen=True, slots=True)
class Server:
    """The target of the examples. origin: "http://HOST:PORT"; token: a valid one, None if there is none."""

    origin: str
    token: str | None


@dataclass(frozen=True, slots=True)
class Example:
    """A request to copy. status: of the response, if the request can be served at all."""

    title: str
    description: str
    encoding: str | None
    command: str
    status: int


@dataclass(frozen=True, slots=True)
class Body:
    """An example of a response body. text: its JSON."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Response:
    """A documented response. body: None if it has none; source: of the statement; rules: ids of those that lead to
    it; headers: descriptions by name; command: a request that forces it, None if no request can.
    """

    status: int
    description: str
    source: str | None
    rules: tuple[str, ...]
    body: Type | None
    headers: Mapping[str, str]
    bodies: tuple[Body, ...]
    command: str | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. path: with the server's base path; secured: it requires a token; fields: parameters in the
    path and the query; forms: the inputs of its console.
    """

    id: str
    method: str
    path: str
    title: str
    description: str
    secured: bool
    rules: tuple[str, ...]
    fields: tuple[Field, ...]
    variants: tuple[Variant, ...]
    forms: tuple[Form, ...]
    examples: tuple[Example, ...]
    responses: tuple[Response, ...]


def operations(contract: Contract, server: Server) -> list[Operation]:
    """Return the operations, in the order of the document."""
    return [_operation(contract.document, each, server) for each in contract.operations]


def fallbacks(contract: Contract) -> list[Response]:
    """Return the responses to requests that match no operation."""
    return [_response(contract.document, each, None) for each in contract.fallbacks.values()]


def _operation(document: Node, operation: ContractOperation, server: Server) -> Operation:
    node = operation.node
    parameters = [follow(document, each) for each in node.get("parameters", ())]
    url, token = server.origin + _example_path(operation.path, parameters), server.token if operation.secured else None
    content = follow(document, node.get("requestBody", {})).get("content", {})
    fields = tuple(_field(document, each) for each in parameters)
    bodies = tuple(variants(document, content))
    return Operation(
        id=operation.id,
        method=operation.method,
        path=operation.path,
        title=node.get("summary", operation.id),
        description=node.get("description", ""),
        secured=operation.secured,
        rules=tuple(node.get("x-rules", ())),
        fields=fields,
        variants=bodies,
        forms=forms(fields, bodies),
        examples=tuple(_examples(document, content, operation, url, token)),
        responses=tuple(
            _response(document, each, _forcing(operation, url, token, status))
            for status, each in operation.responses.items()
        ),
    )


def _field(document: Node, parameter: Node) -> Field:
    schema = parameter.get("schema", {})
    required, description = bool(parameter.get("required")), str(parameter.get("description", ""))
    return Field(parameter["name"], required, type_of(document, schema), description, (f"in the {parameter['in']}",))


def _example_path(path: str, parameters: list[Node]) -> str:
    """Return the path with an example value for each parameter in it."""
    for each in parameters:
        if each["in"] == "path":
            path = path.replace(f"{{{each['name']}}}", str(_example_value(each)))
    return path


def _example_value(parameter: Node) -> Any:
    schema = parameter.get("schema", {})
    named = [each["value"] for each in parameter.get("examples", {}).values()]
    given = [parameter["example"]] if "example" in parameter else []
    return next(iter([*given, *named, *schema.get("examples", ()), *schema.get("enum", ())]), 1)


def _forcing(operation: ContractOperation, url: str, token: str | None, status: int) -> str:
    return commands.request(url, operation.method, token, {"Prefer": f"code={status}"})


def _examples(
    document: Node, content: Node, operation: ContractOperation, url: str, token: str | None
) -> Iterator[Example]:
    method, status = operation.method, operation.success.status
    if not content:
        yield Example("A request", "", None, commands.request(url, method, token), status)
    for media_type, media in content.items():
        for each in _named_examples(media):
            value = each["value"]
            command = (
                commands.with_form(url, method, token, value, _files(document, media))
                if media_type == _FORM
                else commands.with_json(url, method, token, value)
            )
            yield Example(each.get("summary", ""), each.get("description", ""), media_type, command, status)


def _named_examples(media: Node) -> list[Node]:
    """Return the examples of a media type; a single unnamed one has no summary."""
    single = [{"value": media["example"]}] if "example" in media else []
    return [*single, *media.get("examples", {}).values()]


def _files(document: Node, media: Node) -> frozenset[str]:
    found = variants(document, {_FORM: media})
    return frozenset(field.name for each in found for field in each.schema.fields if field.type.kind == "file")


def _response(document: Node, response: ContractResponse, command: str | None) -> Response:
    node = response.node
    media = node.get("content", {}).get(_JSON, {})
    return Response(
        status=response.status,
        description=node["description"],
        source=node.get("x-source"),
        rules=tuple(node.get("x-rules", ())),
        body=type_of(document, media["schema"]) if media else None,
        headers={name: follow(document, each).get("description", "") for name, each in node.get("headers", {}).items()},
        bodies=tuple(Body(each.get("summary", "Example"), _json(each["value"])) for each in _named_examples(media)),
        command=command,
    )


def _json(value: Any) -> str:
    """Return a value in one line, if it fits."""
    line = json.dumps(value, ensure_ascii=False)
    return line if len(line) <= _MAX_LINE else json.dumps(value, ensure_ascii=False, indent=2)

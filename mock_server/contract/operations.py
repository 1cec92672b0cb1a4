"""The document as a frozen table of operations, with a ready validator for every body."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from jsonschema_rs import Draft202012Validator, ValidationError

from .document import ContractError, Node, follow, inline
from .parameters import Parameters, compile_parameters

_METHODS = ("get", "put", "post", "delete", "patch")
_UNDERSTOOD = frozenset(
    {"operationId", "tags", "summary", "description", "x-rules", "requestBody", "responses", "security"}
)
_FORM = "multipart/form-data"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Response:
    """One documented reply. headers: those it must have; example: a valid body, from the document."""

    status: int
    headers: frozenset[str]
    validator: Draft202012Validator
    example: Any

    def complaint(self, body: Any, headers: Mapping[str, str]) -> str | None:
        """Return what is wrong with a reply, or None."""
        if self.headers and (missing := self.headers - {name.lower() for name in headers}):
            return f"header {', '.join(sorted(missing))} is missing"
        if self.validator.is_valid(body):
            return None
        error = next(self.validator.iter_errors(body))
        return f"{'/'.join(map(str, error.instance_path)) or 'the body'}: {error.message}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. path includes the server's base path; parameters: of the widest body, a form if there is one."""

    id: str
    method: str
    path: str
    secured: bool
    parameters: Parameters | None
    responses: Mapping[int, Response]

    @property
    def success(self) -> Response:
        """The first documented 2xx reply."""
        return next(each for status, each in sorted(self.responses.items()) if status < 300)


@dataclass(frozen=True, slots=True)
class Contract:
    """All operations, and the replies to what is none. base_path: the path of the first server, "/api/v1"."""

    base_path: str
    operations: tuple[Operation, ...]
    fallbacks: Mapping[int, Response]


def compile_contract(document: Node) -> Contract:
    """Return the table of operations; raise ContractError on anything that is not understood."""
    try:
        return _compile(document)
    except (LookupError, TypeError, AttributeError, RecursionError, ValidationError) as error:
        raise ContractError(f"the document is not understood: {type(error).__name__}: {error}") from error


def _compile(document: Node) -> Contract:
    if not str(document.get("openapi", "")).startswith("3.1"):
        raise ContractError("the document must be OpenAPI 3.1")
    base = urlsplit(document["servers"][0]["url"]).path.rstrip("/")
    operations = tuple(_operations(document, base))
    if len({operation.id for operation in operations}) < len(operations):
        raise ContractError("an operationId stands twice in the document")
    return Contract(
        base_path=base,
        operations=operations,
        fallbacks=_responses(document, document.get("x-fallback-responses", {}), "x-fallback-responses"),
    )


def _operations(document: Node, base: str) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        if "{" in path:
            raise ContractError(f"{path}: path parameters are not understood")
        for method, node in item.items():
            if method not in _METHODS:
                raise ContractError(f"{path}: {method} is not understood")
            yield _operation(document, node, method.upper(), base + path)


def _operation(document: Node, node: Node, method: str, path: str) -> Operation:
    where = f"{method} {path}"
    unknown = node.keys() - _UNDERSTOOD
    if unknown or "operationId" not in node:
        raise ContractError(f"{where}: {', '.join(sorted(unknown)) or 'no operationId'} is not understood")
    responses = _responses(document, node["responses"], where)
    if not any(status < 300 for status in responses):
        raise ContractError(f"{where}: no successful response")
    return Operation(
        id=node["operationId"],
        method=method,
        path=path,
        secured=all(node.get("security", document.get("security")) or [{}]),
        parameters=_parameters(document, node),
        responses=responses,
    )


def _parameters(document: Node, node: Node) -> Parameters | None:
    if "requestBody" not in node:
        return None
    content = follow(document, node["requestBody"])["content"]
    widest = content.get(_FORM) or content.get(_JSON)
    if widest is None:
        raise ContractError(f"{node['operationId']}: a request body must be {_FORM} or {_JSON}")
    return compile_parameters(document, widest["schema"])


def _responses(document: Node, nodes: Node, where: str) -> Mapping[int, Response]:
    vague = [status for status in nodes if not str(status).isdecimal()]
    if vague:
        raise ContractError(f"{where}: the status {', '.join(vague)} is not understood, only a number is")
    return {int(status): _response(document, int(status), node, where) for status, node in nodes.items()}


def _response(document: Node, status: int, node: Node, where: str) -> Response:
    node = follow(document, node)
    media = node.get("content", {}).get(_JSON)
    if media is None or not media.get("examples"):
        raise ContractError(f"{where}: the {status} response needs {_JSON} with an example")
    headers = {
        name.lower() for name, header in node.get("headers", {}).items() if follow(document, header).get("required")
    }
    validator = Draft202012Validator(inline(document, media["schema"]), validate_formats=True)
    response = Response(status, frozenset(headers), validator, next(iter(media["examples"].values()))["value"])
    if not validator.is_valid(response.example):
        raise ContractError(f"{where}: the example of the {status} response does not fit its schema")
    return response

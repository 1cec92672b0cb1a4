"""The document as a frozen table of operations, with a ready validator for every body."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from jsonschema_rs import Draft202012Validator, ValidationError

from .document import ContractError, Node, follow, inline
from .parameters import Choice, Parameters, compile_parameters

_METHODS = ("get", "put", "post", "delete", "patch")
_UNDERSTOOD = frozenset(
    {
        "operationId",
        "tags",
        "summary",
        "description",
        "deprecated",
        "externalDocs",
        "parameters",
        "requestBody",
        "responses",
        "security",
    }
)
_BESIDE_METHODS = frozenset({"parameters", "summary", "description"})
_PLACES = ("path", "query")
_FORM = "multipart/form-data"
_JSON = "application/json"
_PLACEHOLDER = re.compile(r"\{([^{}/]+)\}")


@dataclass(frozen=True, slots=True)
class Response:
    """One documented reply. headers: those it must have; validator, example: None if it has no body; node: its part
    of the document.
    """

    status: int
    headers: frozenset[str]
    validator: Draft202012Validator | None
    example: Any
    node: Node = field(default_factory=dict)

    def complaint(self, body: Any, headers: Mapping[str, str]) -> str | None:
        """Return how a reply differs from this one, or None. body: None for no body."""
        if self.headers and (missing := self.headers - {name.lower() for name in headers}):
            return f"header {', '.join(sorted(missing))} is missing"
        if self.validator is None:
            return None if body is None else "the body must be empty"
        if self.validator.is_valid(body):  # makes no error objects: nearly every reply fits
            return None
        error = next(self.validator.iter_errors(body))
        return f"{'/'.join(map(str, error.instance_path)) or 'the body'}: {error.message}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    path: with the server's base path, "{name}" for a path parameter; path_parameters: the validator of each;
    parameters: those of the body, all media types together, None without a body; node: its part of the document, with
    the parameters of its path.
    """

    id: str
    method: str
    path: str
    secured: bool
    path_parameters: Mapping[str, Draft202012Validator]
    parameters: Parameters | None
    responses: Mapping[int, Response]
    node: Node = field(default_factory=dict)

    @property
    def success(self) -> Response:
        """The first documented 2xx reply."""
        return next(each for status, each in sorted(self.responses.items()) if 200 <= status < 300)

    def accepts(self, values: Mapping[str, str]) -> bool:
        """Return whether the values of the path parameters fit their schemas."""
        return all(_fits(validator, values.get(name, "")) for name, validator in self.path_parameters.items())


# No repr: it would print the whole document whenever a test fails.
@dataclass(frozen=True, slots=True, repr=False)
class Contract:
    """All operations, and the replies to any other request. base_path: the path of the first server, "/api/v1";
    document: the source, for the reference.
    """

    base_path: str
    operations: tuple[Operation, ...]
    fallbacks: Mapping[int, Response]
    document: Node = field(default_factory=dict)

    @property
    def generation(self) -> Operation | None:
        """The operation that generates images: its body selects an engine."""
        bodies = ((each, each.parameters) for each in self.operations)
        return next((each for each, body in bodies if body and body.roles.engine), None)

    @property
    def engines(self) -> tuple[str, ...]:
        """The engines, as a request names them, none if the engine is not the outermost choice of the body."""
        body = self.generation.parameters if self.generation else None
        return tuple(body.branches) if isinstance(body, Choice) else ()


def compile_contract(document: Node) -> Contract:
    """Return the table of operations; raise ContractError on anything that is not understood."""
    try:
        return _compile(document)
    # A malformed document can fail anywhere; its author needs a sentence, not a traceback.
    except (LookupError, TypeError, AttributeError, RecursionError, ValidationError) as error:
        raise ContractError(f"the document is not understood: {type(error).__name__}: {error}") from error


def path_pattern(path: str) -> re.Pattern[str]:
    """Return the pattern of the request paths for a path with "{name}"; a parameter is one segment."""
    parts = _PLACEHOLDER.split(path)  # literal, name, literal, name, ..., literal
    # Unnamed groups: the name of a parameter need not be a Python identifier.
    return re.compile("".join("([^/]+)" if n % 2 else re.escape(part) for n, part in enumerate(parts)))


def path_names(path: str) -> tuple[str, ...]:
    """Return the names of the parameters in a path, in their order."""
    return tuple(_PLACEHOLDER.findall(path))


def _fits(validator: Draft202012Validator, text: str) -> bool:
    """Return whether a text of a path is valid, as text or as the whole number that it is."""
    # isdigit accepts superscripts, which int does not; int also refuses more than 4300 digits.
    return validator.is_valid(text) or (text.isascii() and text.isdigit() and validator.is_valid(int(text[:18])))


def _compile(document: Node) -> Contract:
    if not str(document.get("openapi", "")).startswith("3.1"):
        raise ContractError("the document must be OpenAPI 3.1")
    for name, scheme in document.get("components", {}).get("securitySchemes", {}).items():
        if (scheme.get("type"), str(scheme.get("scheme")).lower()) != ("http", "bearer"):
            raise ContractError(f"securitySchemes: {name} is not understood, only an http bearer scheme is")
    base = urlsplit(document["servers"][0]["url"]).path.rstrip("/")
    operations = tuple(_operations(document, base))
    ids = [operation.id for operation in operations]
    if repeated := {each for each in ids if ids.count(each) > 1}:
        raise ContractError(f"duplicate operationId: {', '.join(sorted(repeated))}")
    return Contract(
        base_path=base,
        operations=operations,
        fallbacks=_responses(document, document.get("x-fallback-responses", {}), "x-fallback-responses"),
        document=document,
    )


def _operations(document: Node, base: str) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method, node in item.items():
            if method in _METHODS:
                shared = {"parameters": [*item.get("parameters", ()), *node.get("parameters", ())]}
                yield _operation(document, {**node, **shared}, method.upper(), base + path)
            elif method not in _BESIDE_METHODS and not method.startswith("x-"):
                raise ContractError(f"{path}: {method} is not understood")


def _operation(document: Node, node: Node, method: str, path: str) -> Operation:
    where = f"{method} {path}"
    unknown = {key for key in node if key not in _UNDERSTOOD and not key.startswith("x-")}
    if unknown or "operationId" not in node:
        raise ContractError(f"{where}: {', '.join(sorted(unknown)) or 'no operationId'} is not understood")
    responses = _responses(document, node["responses"], where)
    if not any(200 <= status < 300 for status in responses):
        raise ContractError(f"{where}: no successful response")
    return Operation(
        id=node["operationId"],
        method=method,
        path=path,
        # An empty list and an empty alternative {} both mean that no token is required.
        secured=all(node.get("security", document.get("security")) or [{}]),
        path_parameters=_path_parameters(document, node["parameters"], path),
        parameters=_body_parameters(document, node),
        responses=responses,
        node=node,
    )


def _path_parameters(document: Node, nodes: list[Node], path: str) -> Mapping[str, Draft202012Validator]:
    """Return the validators of the parameters in the path. Those of the query do not change an example."""
    declared = [follow(document, node) for node in nodes]
    if elsewhere := [each["name"] for each in declared if each["in"] not in _PLACES]:
        raise ContractError(f"{path}: the parameter {elsewhere[0]} must be in the path or the query")
    found = {
        each["name"]: Draft202012Validator(inline(document, each.get("schema", {})))
        for each in declared
        if each["in"] == "path"
    }
    if odd := found.keys() ^ set(path_names(path)):
        raise ContractError(f"{path}: {', '.join(sorted(odd))} must be both in the path and declared as its parameter")
    return found


def _body_parameters(document: Node, node: Node) -> Parameters | None:
    if "requestBody" not in node:
        return None
    content = follow(document, node["requestBody"])["content"]
    schemas = [content[media]["schema"] for media in (_FORM, _JSON) if media in content]
    if not schemas:
        raise ContractError(f"{node['operationId']}: a request body must be {_FORM} or {_JSON}")
    return compile_parameters(document, schemas)


def _responses(document: Node, nodes: Node, where: str) -> Mapping[int, Response]:
    vague = [status for status in nodes if not str(status).isdecimal()]
    if vague:
        raise ContractError(f"{where}: the status {', '.join(vague)} is not understood, only a number is")
    return {int(status): _response(document, int(status), node, where) for status, node in nodes.items()}


def _response(document: Node, status: int, node: Node, where: str) -> Response:
    node = follow(document, node)
    headers = frozenset(
        name.lower() for name, header in node.get("headers", {}).items() if follow(document, header).get("required")
    )
    if not node.get("content"):
        return Response(status, headers, None, None, node)
    media = node["content"].get(_JSON)
    example = _example(media) if media else None
    if media is None or example is None:
        raise ContractError(f"{where}: the {status} response needs {_JSON} with an example")
    # JSON Schema 2020-12 checks no formats unless asked to.
    validator = Draft202012Validator(inline(document, media["schema"]), validate_formats=True)
    if not validator.is_valid(example[0]):
        raise ContractError(f"{where}: the example of the {status} response does not fit its schema")
    return Response(status, headers, validator, example[0], node)


def _example(media: Node) -> tuple[Any] | None:
    """Return the first example of a media type in a tuple, since it may be null; None if it has none."""
    if "example" in media:
        return (media["example"],)
    return next(((each["value"],) for each in media.get("examples", {}).values()), None)

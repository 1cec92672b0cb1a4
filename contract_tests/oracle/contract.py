"""The compiled document: the replies of each operation, and whether a reply is one of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs

from contract_tests.client.call import Reply
from contract_tests.errors import InconclusiveError
from contract_tests.oracle import resources
from contract_tests.oracle.oracle import Deviation
from contract_tests.oracle.shapes import shape_errors, shape_validator

# The rule that describes the body of an undocumented refusal; no rule describes other bodies.
_SHAPE_RULES = {401: "AUTH-401", 404: "NOT-FOUND", 405: "NOT-FOUND", 422: "VALID-422"}
# Sent by a proxy in front while the service is away, unless the body is the service's own error.
_GATEWAY = frozenset({502, 503, 504})
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Operation:
    """An operation. call_path: the path with a value for each parameter in it; secured: it needs a token."""

    id: str
    method: str
    path: str
    call_path: str
    secured: bool = True


@dataclass(frozen=True)
class _Response:
    documented: bool
    validator: jsonschema_rs.Validator | None


class Contract:
    """The operations of the document, and the check of their replies."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.operations = {operation.id: operation for operation in _operations(document)}
        self._responses = {
            (operation.id, int(status)): _response(document, response)
            for operation in self.operations.values()
            for status, response in _responses(document, operation)
        }
        self._fallback = {
            int(status): _response(document, response)
            for status, response in document.get("x-fallback-responses", {}).items()
        }

    def deviations(
        self, operation: str, reply: Reply, *, authorized: bool = True, invalid: bool = True
    ) -> Iterator[Deviation]:
        """Yield what contradicts the document; raise InconclusiveError for a gateway's reply or a rate limit.

        invalid: whether the request is invalid.
        """
        for deviation in self._deviations(operation, reply, authorized=authorized):
            # A valid request is refused for a limit of the service, in a form that no source gives.
            if invalid or deviation.rule != "VALID-422":
                yield deviation

    def _deviations(self, operation: str, reply: Reply, *, authorized: bool) -> Iterator[Deviation]:
        if from_gateway(reply):
            raise InconclusiveError(f"{operation} was answered {reply.status}, apparently by a gateway")
        # A failed generation, and often an invalid one, is answered so [STATUS-ERROR].
        if (operation, reply.status) == ("generateImage", 200) and is_service_error(reply):
            return
        response = self._responses.get((operation, reply.status))
        if response is None:
            yield from self._undocumented(operation, reply, authorized=authorized)
        elif rule := _shape_rule(operation, reply.status, response):
            yield from _shape_deviations(rule, reply, response.validator)

    def fallback_deviations(self, reply: Reply) -> Iterator[Deviation]:
        """Yield the same for a reply to a call that is not an operation."""
        yield from _shape_deviations("NOT-FOUND", reply, self._fallback[reply.status].validator)

    def _undocumented(self, operation: str, reply: Reply, *, authorized: bool) -> Iterator[Deviation]:
        known = ", ".join(str(status) for name, status in self._responses if name == operation)
        # Limits that no source gives: the largest upload, and what a plan or a firewall allows [FORBIDDEN].
        if reply.status == 413 or (authorized and operation == "generateImage" and reply.status == 403):
            return
        # Only generate-image documents a 429; that of any other operation limits the rate [RATE].
        if reply.status == 429:
            raise InconclusiveError(f"{operation} was answered 429: the service limits the rate of requests")
        # The status of these two refusals is an assumption, so that another one differs and violates nothing.
        rule = "SHAPE"
        if not authorized and 300 <= reply.status < 500:  # also a redirect to a login page [NO-ACCEPT]
            rule = "AUTH-401"
        elif operation == "generateImage" and reply.status in {400, 415}:
            rule = "VALID-422"
        yield Deviation(rule, f"one of the documented statuses: {known}", f"status {reply.status}")


@cache
def load_contract() -> Contract:
    return Contract(resources.load_yaml(resources.openapi("openapi.yaml")))


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield _operation(document, item, method, path)


def _operation(document: Mapping[str, Any], item: Mapping[str, Any], method: str, path: str) -> Operation:
    node = item[method]
    declared = [
        resources.resolve(document, each) for each in (*item.get("parameters", ()), *node.get("parameters", ()))
    ]
    call_path = path
    for each in declared:
        call_path = call_path.replace(f"{{{each['name']}}}", _path_value(each))
    # An empty requirement, {}, among the alternatives makes the token optional.
    secured = all(node.get("security", document.get("security")) or [{}])
    return Operation(node["operationId"], method.upper(), path, call_path, secured)


def _path_value(parameter: Mapping[str, Any]) -> str:
    """Return the document's example for a parameter, else a value that no image is likely to have."""
    schema = parameter.get("schema", {})
    examples = schema.get("examples") or [schema.get("example", parameter.get("example"))]
    unlikely = 999_999_999 if schema.get("type") == "integer" else "none"
    return str(unlikely if examples[0] is None else examples[0])


def _responses(document: Mapping[str, Any], operation: Operation) -> Iterator[tuple[str, Mapping[str, Any]]]:
    responses = document["paths"][operation.path][operation.method.lower()]["responses"]
    for status, response in responses.items():
        yield status, resources.resolve(document, response)


def _response(document: Mapping[str, Any], response: Mapping[str, Any]) -> _Response:
    documented = response.get("x-source", "doc") == "doc"
    media = response.get("content", {}).get("application/json")
    if media is None:
        return _Response(documented, None)
    # References in the schema are relative to the document.
    schema = {**media["schema"], "components": document.get("components", {})}
    return _Response(documented, shape_validator(schema))


def is_service_error(reply: Reply) -> bool:
    """Return whether a reply has the documented shape of an error, so that it comes from the service, not a gateway."""
    try:
        body = reply.json()
    except InconclusiveError:
        return False
    return isinstance(body, dict) and body.get("status") == "error" and isinstance(body.get("message"), str)


def from_gateway(reply: Reply) -> bool:
    """Return whether a reply comes from a proxy in front while the service is away."""
    return reply.status in _GATEWAY and not is_service_error(reply)


def _shape_rule(operation: str, status: int, response: _Response) -> str | None:
    if response.documented:
        return "SHAPE"
    # Its 409 has a rule of its own, since `status` may be missing there.
    return "LOCK-409-BODY" if (operation, status) == ("generateImage", 409) else _SHAPE_RULES.get(status)


def _shape_deviations(rule: str, reply: Reply, validator: jsonschema_rs.Validator | None) -> Iterator[Deviation]:
    if validator is None:
        if reply.content:
            yield Deviation(rule, f"{reply.status} without a body", f"a body of {len(reply.content)} bytes")
        return
    kind = reply.headers.get("content-type", "")
    if not _is_json(kind):
        yield Deviation(rule, f"{reply.status} with a JSON body", f"content type {kind or 'missing'}")
        return
    if reply.json_fault:
        yield Deviation(rule, f"{reply.status} with a JSON body", reply.json_fault)
        return
    errors = list(shape_errors(validator, reply.json()))
    if errors and rule != "SHAPE" and is_envelope(reply.json()):
        yield Deviation("ERROR-BODY", "an error with a message", "an envelope")
        return
    for error in errors:
        yield Deviation(rule, f"{reply.status} with the documented shape", error.problem, error.example)


def is_envelope(body: Any) -> bool:
    """Return whether an error has the form that other pages of the vendor's documentation show [ERROR-BODY]."""
    inner = body.get("error") if isinstance(body, dict) and "message" not in body else None
    return isinstance(inner, dict) and "message" in inner


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))

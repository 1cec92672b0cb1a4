"""The document of the control API, compared with the routes, the code and the responses."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.responses import Response
from starlette.routing import Route

from mock_server import resources
from mock_server.app import contract, rules
from mock_server.behaviours import read_changes
from mock_server.configuration import ready_made_scenarios
from mock_server.contract import read_yaml
from mock_server.control import control_app, control_calls
from mock_server.domain.entry import Entry, Problem
from mock_server.domain.timepiece import Timepiece
from mock_server.domain.world import FaultPlan, Generation, Image, Lock, Order, World
from mock_server.faults.registry import FAULTS
from mock_server.service.snapshots import Log, Snapshot
from support.mock import PREFIX, Mock, Start, behaviour, settings

DOCUMENT: dict[str, Any] = read_yaml(resources.CONTROL)
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
JSON = "application/json"
METHODS = ("get", "put", "post", "patch", "delete")
CHANGES = ("put", "post", "patch", "delete")
TOKEN = "demo"
BINDING = {"fault", "operation", "times", "after", "probability"}


def resolved(node: Any) -> Any:
    while "$ref" in node:
        target: Any = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the path, method and description of every operation."""
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def examples(media: Mapping[str, Any]) -> dict[str, Any]:
    return {name: example["value"] for name, example in media.get("examples", {}).items()}


def media_types(node: Any) -> Iterator[Mapping[str, Any]]:
    """Yield everything that has both a schema and examples."""
    if isinstance(node, dict):
        if "schema" in node and ("examples" in node or "example" in node):
            yield node
        for each in node.values():
            yield from media_types(each)


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]}, validate_formats=True)


def ways() -> list[Any]:
    """Return each example of a response with the request example of the same name, None without a body."""
    found = []
    for path, method, operation in operations():
        bodies = examples(resolved(operation.get("requestBody", {})).get("content", {}).get(JSON, {}))
        replies = examples(resolved(operation["responses"]["200"])["content"].get(JSON, {}))
        for name, reply in replies.items():
            if name not in ("excerpt", "locked", "measured"):
                found.append(pytest.param(method, path, bodies.get(name), reply, id=f"{method} {path} {name}"))
    return found


def contains(whole: Any, part: Any) -> bool:
    """Return whether each item of an excerpt is in the list."""
    if isinstance(part, dict):
        return all(contains(whole[name], value) for name, value in part.items())
    if isinstance(part, list):
        return all(any(contains(each, item) for each in whole) for item in part)
    return bool(whole == part)


def test_the_document_is_valid() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_the_document_has_exactly_the_routes() -> None:
    nothing: Any = None
    pages = {"/docs": Response()}
    calls = control_calls(nothing, contract(), rules(), None, nothing, nothing)
    app = control_app(calls, nothing, pages, nothing, local=True)
    routes = [route for route in app.routes if isinstance(route, Route)]
    served = {(f"/_mock{route.path}", method) for route in routes for method in route.methods or ()}
    documented = {(path, method.upper()) for path, method, _ in operations()}
    assert documented == {(path, method) for path, method in served if method != "HEAD"}


@pytest.mark.parametrize(("path", "method", "operation"), [*operations()], ids=lambda value: str(value)[:30])
def test_every_operation_documents_its_refusals(path: str, method: str, operation: Mapping[str, Any]) -> None:
    statuses = set(operation["responses"])
    assert "421" in statuses
    assert ("401" in statuses) == (path != "/_mock/health")
    assert ("403" in statuses) == (method in CHANGES)
    assert ("413" in statuses) == ("requestBody" in operation)
    if "{token}" in path or "requestBody" in operation or "parameters" in operation:
        assert statuses & {"404", "422"}


def test_every_example_fits_its_schema() -> None:
    checked = 0
    for media in media_types(DOCUMENT):
        values = list(examples(media).values()) + ([media["example"]] if "example" in media else [])
        for value in values:
            validator(media["schema"]).validate(value)
            checked += 1
    assert checked > 40


@pytest.mark.parametrize(("method", "path", "body", "reply"), ways())
def test_every_example_is_a_response_of_the_mock(start: Start, method: str, path: str, body: Any, reply: Any) -> None:
    mock = start(settings(instance="53f159799d1c9199"))
    given = {} if body is None else {"json": body}
    assert mock.call(method.upper(), path.replace("{token}", TOKEN), None, **given).json() == reply


@pytest.mark.parametrize(
    "path", ["/_mock/behaviour", "/_mock/faults", "/_mock/scenarios", "/_mock/coverage", "/_mock/verdict"]
)
def test_every_excerpt_is_part_of_a_response(mock: Mock, path: str) -> None:
    if path == "/_mock/coverage":
        mock.call("GET", f"{PREFIX}/versions", TOKEN)
    excerpt = examples(DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"][JSON])["excerpt"]
    named = "parameters" in DOCUMENT["paths"][path]["get"]
    assert contains(mock.call("GET", f"{path}?token={TOKEN}" if named else path, None).json(), excerpt)


def test_a_measured_setting_is_shown_as_in_its_example(start: Start, tmp_path: Path) -> None:
    media = DOCUMENT["paths"]["/_mock/behaviour"]["get"]["responses"]["200"]["content"][JSON]
    (example,) = media["examples"]["measured"]["value"]
    shared = ("target", "expires", "expired")
    evidence = {name: value for name, value in example["evidence"].items() if name not in shared}
    measured = {name: example["evidence"][name] for name in ("at", "target", "expires")}
    content = {example["name"]: example["value"], "measured": {**measured, "values": {example["name"]: evidence}}}
    (tmp_path / "profile.yaml").write_text(yaml.safe_dump(content))
    changes, profile = read_changes(tmp_path / "profile.yaml", rules())
    shown = start(settings(behaves=behaviour(**changes), profile=profile)).call("GET", "/_mock/behaviour", None).json()
    assert contains(shown, [example])
    assert [error.message for error in validator(media["schema"]).iter_errors(shown)] == []


def test_the_refused_request_is_shown_as_in_its_example(mock: Mock) -> None:
    mock.generate("demo-busy")
    (shown,) = mock.call("GET", "/_mock/requests?token=demo-busy", None).json()["requests"]
    media = DOCUMENT["paths"]["/_mock/requests/{id}"]["get"]["responses"]["200"]["content"][JSON]
    example = media["examples"]["locked"]["value"]
    varying = {"id": shown["id"], "headers": shown["headers"]}
    assert shown == {**example, **varying}
    assert {name for name, _ in example["headers"]} <= {name for name, _ in shown["headers"]}


@pytest.mark.parametrize(
    ("refusal", "method", "path", "call"),
    [
        ("WorldNotFound", "GET", "/_mock/worlds/demo-invalid", {}),
        ("Invalid", "PATCH", "/_mock/worlds/demo", {"json": {"credits": -1}}),
        ("TooLarge", "PATCH", "/_mock/worlds/demo", {"content": b" " * (2**20 + 1)}),
        ("WrongHost", "GET", "/_mock/worlds/demo", {"headers": {"host": "example.com"}}),
        ("CrossSite", "PUT", "/_mock/worlds/demo", {"headers": {"origin": "https://example.com"}}),
    ],
)
def test_every_refusal_is_a_response_of_the_mock(
    mock: Mock, refusal: str, method: str, path: str, call: dict[str, Any]
) -> None:
    (example,) = examples(DOCUMENT["components"]["responses"][refusal]["content"][JSON]).values()
    assert mock.call(method, path, None, **call).json() == example


def test_the_other_refusals_are_responses_of_the_mock(start: Start) -> None:
    (example,) = examples(DOCUMENT["components"]["responses"]["Unauthorized"]["content"][JSON]).values()
    assert start(settings(admin_token="s3cret")).call("GET", "/_mock/worlds", None).json() == example
    post = DOCUMENT["paths"]["/_mock/worlds/{token}/clock"]["post"]
    command = post["requestBody"]["content"][JSON]["examples"]["expiring"]["value"]
    (example,) = examples(post["responses"]["409"]["content"][JSON]).values()
    assert start().call("POST", "/_mock/worlds/demo/clock", None, json=command).json() == example


def test_the_document_lists_the_ready_made_scenarios() -> None:
    assert SCHEMAS["NamedScenario"]["properties"]["name"]["enum"] == ready_made_scenarios()


def test_the_document_lists_the_faults() -> None:
    fault = SCHEMAS["Fault"]
    assert list(fault["discriminator"]["mapping"]) == list(FAULTS)
    assert list(fault["discriminator"]["mapping"].values()) == [each["$ref"] for each in fault["oneOf"]]


@pytest.mark.parametrize("name", SCHEMAS["Fault"]["discriminator"]["mapping"])
def test_a_fault_has_its_parameters(name: str) -> None:
    schema = resolved({"$ref": SCHEMAS["Fault"]["discriminator"]["mapping"][name]})
    fields = {field.name: field for field in msgspec.structs.fields(FAULTS[name])}
    assert schema["properties"].keys() == BINDING | fields.keys()
    assert set(schema["required"]) == {"fault"} | {each for each, field in fields.items() if field.required}
    for each, field in fields.items():
        parameter = resolved(schema["properties"][each])
        assert field.required or field.default is None or parameter.get("default", field.default) == field.default


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Snapshot", Snapshot),
        ("StoredWorld", World),
        ("StoredLock", Lock),
        ("StoredClock", Timepiece),
        ("StoredOrder", Order),
        ("StoredGeneration", Generation),
        ("StoredImage", Image),
        ("StoredFault", FaultPlan),
        ("StoredLog", Log),
        ("StoredRequest", Entry),
    ],
)
def test_a_snapshot_has_every_stored_field(name: str, kind: Any) -> None:
    fields = msgspec.structs.fields(kind)
    needed = {each.name for each in fields if each.required}
    assert list(SCHEMAS[name]["properties"]) == [each.name for each in fields]
    assert set(SCHEMAS[name].get("required", ())) == needed


def test_a_snapshot_has_the_problems_of_a_request() -> None:
    problem = SCHEMAS["StoredRequest"]["properties"]["problems"]["items"]
    assert problem["required"] == [each.name for each in msgspec.structs.fields(Problem)]

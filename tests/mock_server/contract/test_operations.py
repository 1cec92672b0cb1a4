"""The document compiled to a table of operations, and the documents that are refused."""

from typing import Any

import pytest

from mock_server import resources
from mock_server.contract import Contract, Operation, Response, compile_contract, read_yaml
from mock_server.contract.operations import path_pattern
from mock_server.contract.parameters import Choice, Variant
from support.documents import DELETE, ID, NEW, POST, changed, document, reply, with_path

REAL = compile_contract(read_yaml(resources.DOCUMENT))


def operation(contract: Contract, name: str) -> Operation:
    return next(each for each in contract.operations if each.id == name)


def test_an_operation_has_the_base_path_of_the_server() -> None:
    contract = compile_contract(document())
    assert contract.base_path == "/base/v2"
    assert [(each.id, each.method, each.path) for each in contract.operations] == [
        ("listThings", "GET", "/base/v2/things"),
        ("makeThing", "POST", "/base/v2/things"),
    ]


def test_a_server_without_a_path_has_an_empty_base() -> None:
    contract = compile_contract(changed("servers", value=[{"url": "https://example.org"}]))
    assert contract.base_path == ""
    assert contract.operations[0].path == "/things"


def test_an_operation_can_override_the_security_of_the_document() -> None:
    contract = compile_contract(document())
    assert not operation(contract, "listThings").secured
    assert operation(contract, "makeThing").secured


def test_a_document_without_security_secures_nothing() -> None:
    assert not operation(compile_contract(changed("security", value=None)), "makeThing").secured


def test_the_success_response_is_the_first_documented_2xx() -> None:
    assert operation(compile_contract(document()), "listThings").success.status == 200


def test_a_response_has_its_first_example() -> None:
    assert operation(compile_contract(document()), "listThings").responses[200].example == {"id": 1}


def test_a_response_by_reference_is_followed() -> None:
    gone = operation(compile_contract(document()), "listThings").responses[410]
    assert gone.example == {"id": 9}
    assert gone.complaint({"id": "x"}, {}) is not None


def test_an_operation_without_a_body_has_no_parameters() -> None:
    assert operation(compile_contract(document()), "listThings").parameters is None


def test_an_operation_with_a_body_has_its_parameters() -> None:
    parameters = operation(compile_contract(document()), "makeThing").parameters
    assert isinstance(parameters, Variant)
    assert [each.field for each in parameters.check({})] == ["name"]


def test_a_form_takes_precedence_over_json() -> None:
    form = {"type": "object", "properties": {"name": {"type": "string"}, "file": {"format": "binary"}}}
    content = {"application/json": {"schema": NEW}, "multipart/form-data": {"schema": form}}
    contract = compile_contract(changed(*POST, "requestBody", value={"content": content}))
    parameters = operation(contract, "makeThing").parameters
    assert isinstance(parameters, Variant)
    assert list(parameters.properties) == ["name", "file"]


def test_a_body_by_reference_is_followed() -> None:
    data = changed(*POST, "requestBody", value={"$ref": "#/components/requestBodies/New"})
    data["components"]["requestBodies"] = {"New": {"content": {"application/json": {"schema": NEW}}}}
    assert operation(compile_contract(data), "makeThing").parameters is not None


def test_fallbacks_are_compiled_as_responses() -> None:
    fallback = compile_contract(document()).fallbacks[405]
    assert (fallback.status, fallback.example) == (405, {"id": 0})
    assert fallback.headers == {"allow"}


def test_a_document_may_have_no_fallbacks() -> None:
    assert compile_contract(changed("x-fallback-responses", value=None)).fallbacks == {}


@pytest.fixture
def not_allowed() -> Response:
    return compile_contract(document()).fallbacks[405]


def test_a_documented_reply_has_no_complaint(not_allowed: Response) -> None:
    assert not_allowed.complaint({"id": 3, "more": "fields"}, {"ALLOW": "GET"}) is None


def test_a_missing_header_is_named(not_allowed: Response) -> None:
    assert not_allowed.complaint({"id": 3}, {"Age": "1"}) == "header allow is missing"


def test_a_complaint_names_the_path_of_a_wrong_value(not_allowed: Response) -> None:
    complaint = not_allowed.complaint({"id": "three"}, {"Allow": "GET"})
    assert complaint is not None
    assert complaint.startswith("id: ")
    assert "integer" in complaint


def test_a_complaint_about_a_missing_value_names_the_body(not_allowed: Response) -> None:
    complaint = not_allowed.complaint({}, {"Allow": "GET"})
    assert complaint is not None
    assert complaint.startswith("the body: ")
    assert "id" in complaint


def test_a_wrong_format_is_a_complaint() -> None:
    schema = {"type": "string", "format": "date-time"}
    contract = compile_contract(changed(*POST, "responses", value={"200": reply(schema, "2026-02-26T10:00:00Z")}))
    assert operation(contract, "makeThing").success.complaint("yesterday", {}) is not None


@pytest.mark.parametrize("item", [{"delete": {**DELETE, "parameters": [ID]}}, {"delete": DELETE, "parameters": [ID]}])
def test_a_path_parameter_must_match_its_schema(item: dict[str, Any]) -> None:
    found = operation(compile_contract(with_path("/things/{id}", item)), "deleteThing")
    assert found.path == "/base/v2/things/{id}"
    assert found.accepts({"id": "12"})
    assert not any(found.accepts({"id": text}) for text in ("0", "x", "-1", "\u0661"))


def test_a_reply_without_content_has_no_body() -> None:
    data = with_path("/things/{id}", {"delete": DELETE, "parameters": [ID]})
    response = operation(compile_contract(data), "deleteThing").success
    assert (response.status, response.example) == (204, None)
    assert response.complaint(None, {}) is None
    assert response.complaint({"id": 1}, {}) == "the body must be empty"


@pytest.mark.parametrize(
    ("path", "matching", "other"),
    [
        ("/a/{id}", "/a/12", "/a/12/b"),
        ("/a.b/{id}/c/{other}", "/a.b/x y/c/\n", "/a_b/x/c/y"),
        ("/{a}-{b}", "/1-2", "/12"),
    ],
)
def test_a_path_with_parameters_matches_one_segment_each(path: str, matching: str, other: str) -> None:
    pattern = path_pattern(path)
    assert pattern.fullmatch(matching)
    assert not pattern.fullmatch(other)


def test_the_document_of_the_project_compiles() -> None:
    assert {each.id: each.path for each in REAL.operations} == {
        "checkAvailability": "/api/v1/aiimage/check-availability",
        "getVersions": "/api/v1/aiimage/versions",
        "generateImage": "/api/v1/aiimage/generate-image",
        "getRecentImages": "/api/v1/aiimage/recent-images",
    }
    assert all(each.secured for each in REAL.operations)
    assert isinstance(operation(REAL, "generateImage").parameters, Choice)
    headers = {status: each.headers for status, each in REAL.fallbacks.items()}
    assert headers == {403: set(), 404: set(), 405: {"allow"}, 413: set(), 429: set()}


def test_a_header_by_reference_is_followed() -> None:
    data = document()
    data["components"]["headers"] = {"Allow": {"required": True}}
    data["x-fallback-responses"]["405"]["headers"]["Allow"] = {"$ref": "#/components/headers/Allow"}
    assert compile_contract(data).fallbacks[405].headers == {"allow"}


def test_optional_security_does_not_secure_an_operation() -> None:
    contract = compile_contract(changed("security", value=[{}, {"key": []}]))
    assert not operation(contract, "makeThing").secured

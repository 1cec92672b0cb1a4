"""Documents that the mock does not understand: each is refused with the place."""

from collections.abc import Mapping
from typing import Any

import pytest

from mock_server.contract import ContractError, compile_contract
from support.documents import DELETE, ID, NEW, POST, REPLY, changed, reply, with_path


def refusal(data: Mapping[str, Any]) -> str:
    with pytest.raises(ContractError) as caught:
        compile_contract(data)
    return str(caught.value)


@pytest.mark.parametrize("version", ["3.0.3", "2.0", ""])
def test_another_openapi_version_is_refused(version: str) -> None:
    assert refusal(changed("openapi", value=version)) == "the document must be OpenAPI 3.1"


def test_a_document_without_a_version_is_refused() -> None:
    assert refusal({}) == "the document must be OpenAPI 3.1"


@pytest.mark.parametrize(
    ("parameters", "path", "message"),
    [
        ([], "/things/{id}", "/base/v2/things/{id}: id must be both in the path and declared as its parameter"),
        ([ID], "/gone", "/base/v2/gone: id must be both in the path and declared as its parameter"),
        (
            [{"name": "token", "in": "cookie"}],
            "/gone",
            "/base/v2/gone: the parameter token must be in the path or the query",
        ),
    ],
)
def test_a_parameter_that_does_not_match_its_path_is_refused(parameters: list[Any], path: str, message: str) -> None:
    assert refusal(with_path(path, {"delete": {**DELETE, "parameters": parameters}})) == message


def test_another_security_scheme_is_refused() -> None:
    schemes = {"key": {"type": "apiKey", "in": "query", "name": "key"}}
    assert refusal(changed("components", value={"securitySchemes": schemes})) == (
        "securitySchemes: key is not understood, only an http bearer scheme is"
    )


@pytest.mark.parametrize("key", ["trace", "head", "servers"])
def test_an_unknown_method_is_refused(key: str) -> None:
    assert refusal(changed("paths", "/things", key, value={})) == f"/things: {key} is not understood"


@pytest.mark.parametrize("key", ["callbacks", "servers"])
def test_an_unknown_keyword_of_an_operation_is_refused(key: str) -> None:
    assert refusal(changed(*POST, key, value=[1])) == f"POST /base/v2/things: {key} is not understood"


def test_an_operation_without_an_id_is_refused() -> None:
    assert "no operationId" in refusal(changed(*POST, "operationId", value=None))


def test_an_operation_without_success_is_refused() -> None:
    data = changed(*POST, "responses", value={"400": reply(REPLY, {"id": 1})})
    assert refusal(data) == "POST /base/v2/things: no successful response"


@pytest.mark.parametrize("owner", [POST[1:], ()])
def test_a_response_without_an_example_is_refused(owner: tuple[str, ...]) -> None:
    path = ("paths", *owner, "responses", "200") if owner else ("x-fallback-responses", "405")
    where = "POST /base/v2/things" if owner else "x-fallback-responses"
    assert refusal(changed(*path, value=reply(REPLY))) == (
        f"{where}: the {path[-1]} response needs application/json with an example"
    )


def test_a_response_in_another_format_is_refused() -> None:
    node: dict[str, Any] = {"content": {"text/plain": {"examples": {"a": {}}}}}
    assert "needs application/json with an example" in refusal(changed(*POST, "responses", "200", value=node))


def test_an_example_that_does_not_match_its_schema_is_refused() -> None:
    assert refusal(changed(*POST, "responses", "200", value=reply(REPLY, {"id": "one"}))) == (
        "POST /base/v2/things: the example of the 200 response does not fit its schema"
    )


def test_a_body_of_another_content_type_is_refused() -> None:
    content = {"content": {"application/xml": {"schema": NEW}}}
    assert refusal(changed(*POST, "requestBody", value=content)) == (
        "makeThing: a request body must be multipart/form-data or application/json"
    )


def test_a_body_that_is_not_an_object_is_refused() -> None:
    content = {"content": {"application/json": {"schema": {"type": "array"}}}}
    assert "a variant is an object with properties" in refusal(changed(*POST, "requestBody", value=content))


def test_a_dangling_reference_is_refused() -> None:
    broken = reply({"$ref": "#/components/schemas/Missing"}, {"id": 1})
    assert refusal(changed(*POST, "responses", "200", value=broken)) == "#/components/schemas/Missing points to nothing"


@pytest.mark.parametrize("status", ["default", "2XX"])
def test_a_status_that_is_not_a_number_is_refused(status: str) -> None:
    data = changed(*POST, "responses", value={"200": reply(REPLY, {"id": 1}), status: reply(REPLY, {"id": 1})})
    assert f"the status {status} is not understood" in refusal(data)


def test_a_duplicate_operation_id_is_refused() -> None:
    assert "duplicate operationId: listThings" in refusal(changed(*POST, "operationId", value="listThings"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("servers",), []),
        (("paths",), None),
        ((*POST, "responses", "200", "content", "application/json", "examples"), {"a": {"summary": "empty"}}),
        ((*POST, "requestBody", "content", "application/json", "schema", "properties", "name", "type"), "strin"),
        (("components", "schemas", "Reply"), {"$ref": "#/components/schemas/Reply"}),
    ],
)
def test_a_document_that_breaks_the_compiler_raises_a_contract_error(path: tuple[str, ...], value: Any) -> None:
    assert refusal(changed(*path, value=value))

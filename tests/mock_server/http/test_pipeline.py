"""The phases of all operations."""

import pytest

from mock_server.app import contract
from mock_server.contract import ContractError
from mock_server.http.handlers import HANDLERS, Call
from mock_server.http.replies import Reply
from support.mock import PREFIX, Mock, Start

VERSIONS = f"{PREFIX}/versions"


@pytest.mark.parametrize(
    "header",
    ["", "demo", "Bearer", "Bearer ", "Basic demo", "Bearer demo extra", "Bearer demo-invalid", "Token demo"],
)
def test_an_invalid_bearer_token_is_401(mock: Mock, header: str) -> None:
    reply = mock.call("GET", VERSIONS, None, headers={"Authorization": header})
    assert (reply.status_code, reply.json()) == (401, {"message": "Unauthenticated."})


def test_a_call_without_the_header_is_401_even_with_an_invalid_body(mock: Mock) -> None:
    assert mock.call("POST", f"{PREFIX}/generate-image", None, content=b"{").status_code == 401


@pytest.mark.parametrize("header", ["Bearer demo", "bearer demo", "BEARER  demo"])
def test_the_scheme_is_not_case_sensitive(mock: Mock, header: str) -> None:
    assert mock.call("GET", VERSIONS, None, headers={"Authorization": header}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/nowhere", "/api/v1/aiimage", f"{VERSIONS}/x", "/uploads/", "/api/v1/aiimage/%00%ff"]
)
def test_an_unknown_path_is_404_in_json_with_or_without_token(mock: Mock, path: str) -> None:
    for token in ("demo", None):
        reply = mock.call("GET", path, token)
        assert reply.status_code == 404
        assert reply.json().keys() == {"message"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE", "QUERY"])
def test_a_wrong_method_is_405_with_the_allowed_ones(mock: Mock, method: str) -> None:
    reply = mock.call(method, VERSIONS)
    assert reply.status_code == 405
    assert reply.headers["allow"] == "GET, HEAD"
    assert method in reply.json()["message"]


@pytest.mark.parametrize("token", ["demo", None])
@pytest.mark.parametrize(("path", "allow"), [(VERSIONS, "GET, HEAD"), (f"{PREFIX}/generate-image", "POST")])
def test_options_lists_the_methods_as_the_router_of_laravel_does(
    mock: Mock, path: str, allow: str, token: str | None
) -> None:
    reply = mock.call("OPTIONS", path, token)  # RFC 9110, 9.3.7
    assert (reply.status_code, reply.content, reply.headers["allow"]) == (200, b"", allow)
    assert mock.call("OPTIONS", "/nowhere", token).status_code == 404


def test_get_on_generate_image_is_405(mock: Mock) -> None:
    reply = mock.call("GET", f"{PREFIX}/generate-image")
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")


def test_head_is_answered_like_get(mock: Mock) -> None:
    assert mock.call("HEAD", VERSIONS).status_code == 200


def test_every_reply_has_its_own_request_id(mock: Mock) -> None:
    ids = {mock.call("GET", path).headers["x-mock-request-id"] for path in (VERSIONS, "/nowhere", VERSIONS)}
    assert len(ids) == 3


async def _undocumented(call: Call) -> Reply:
    return Reply(200, {"dall-e": 3})


async def _teapot(call: Call) -> Reply:
    return Reply(418, {})


async def _failing(call: Call) -> Reply:
    raise RuntimeError("secret inside")


@pytest.mark.parametrize(
    ("handler", "message"), [(_undocumented, "dall-e: 3 is not of type"), (_teapot, "the status is not documented")]
)
def test_a_reply_that_violates_the_document_is_500(handler: object, message: str, start: Start) -> None:
    mock = start(handlers={**HANDLERS, "getVersions": handler})
    reply = mock.call("GET", VERSIONS)
    assert reply.status_code == 500
    assert message in reply.json()["message"]


def test_a_failing_handler_is_500_in_json_without_details(start: Start) -> None:
    mock = start(handlers={**HANDLERS, "getVersions": _failing})
    reply = mock.call("GET", VERSIONS)
    assert reply.status_code == 500
    assert "secret" not in reply.text


def test_an_operation_without_handler_is_answered_from_its_example(start: Start) -> None:
    mock = start(handlers={})
    assert mock.call("GET", VERSIONS).json() == contract().operations[1].success.example
    assert mock.generate(size="1x1").status_code == 422
    assert mock.generate().json()["images"][0]["id"] == 123


def test_a_handler_without_operation_is_refused_at_startup(start: Start) -> None:
    with pytest.raises(ContractError, match="getColours"):
        start(handlers={"getColours": _teapot})


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([("Prefer", "return=minimal"), ("Prefer", "code=409")], 409),
        ([("X-Mock-Fault", "delay;seconds=1"), ("X-Mock-Fault", "status;code=409")], 409),
        ([("Prefer", "wait=1"), ("prefer", "code=409"), ("PREFER", "code=401")], 409),
    ],
)
def test_the_lines_of_a_list_are_one_list(mock: Mock, lines: list[tuple[str, str]], status: int) -> None:
    # RFC 9110, 5.3
    headers = [("Authorization", "Bearer demo"), *lines]
    reply = mock.run(lambda: mock.http.request("GET", f"{PREFIX}/check-availability", headers=headers))
    assert reply.status_code == status

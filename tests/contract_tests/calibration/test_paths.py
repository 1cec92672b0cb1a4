"""Facts that a call shows by its path, its origin or the content that it accepts."""

import json
from typing import Any

import pytest

from contract_tests.calibration.paths import of_path
from contract_tests.client.call import Call, Reply
from contract_tests.client.exchange import Exchange

KNOWN = {"/aiimage/versions"}
ORIGIN = {"Origin": "https://page.example"}


def reply(status: int, body: Any = b"<html>", **headers: str) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, named, content, Exchange("GET", "http://h/", "primary", None))


def seen(path: str, answered: Reply, method: str = "GET", **values: Any) -> dict[str, Any]:
    call = Call(method, f"http://h{path}", **values)
    return {each.question.name: each.outcome for each in of_path(path, KNOWN, call, answered)}


@pytest.mark.parametrize(
    ("status", "body", "headers", "outcome"),
    [
        (200, {}, {}, "ignored"),
        (404, {}, {}, "unknown"),
        (301, b"", {"location": "/"}, "redirected"),
        (500, b"", {}, 500),
    ],
)
def test_a_slash_behind_a_known_path(status: int, body: Any, headers: dict[str, str], outcome: object) -> None:
    found = seen("/aiimage/versions/", reply(status, body, **headers), authorization="Bearer x")
    assert found == {"trailing_slash": outcome}


def test_a_refusal_for_the_token_says_nothing_about_a_path() -> None:
    assert seen("/aiimage/versions/", reply(401, {"message": "No."})) == {}
    assert seen("/aiimage/nowhere", reply(401, {"message": "No."})) == {}


@pytest.mark.parametrize(("body", "outcome"), [({"message": "No."}, "json"), (b"<h1>No</h1>", "page")])
def test_an_unknown_path(body: Any, outcome: str) -> None:
    assert seen("/aiimage/nowhere", reply(404, body)) == {"unknown_path_body": outcome}
    assert seen("/aiimage/nowhere", reply(404, body), accept="text/html") == {}


@pytest.mark.parametrize(
    ("answered", "outcome"),
    [
        (reply(401, {"message": "No."}), "json"),
        (reply(302, b"", location="/login"), "redirect"),
        (reply(401, b"<h1>Sign in</h1>"), 401),
    ],
)
def test_a_client_that_does_not_accept_json(answered: Reply, outcome: object) -> None:
    assert seen("/aiimage/versions", answered, accept="text/html") == {"without_accept": outcome}
    assert seen("/aiimage/versions", answered) == {}


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
@pytest.mark.parametrize(("headers", "outcome"), [({"access-control-allow-origin": "*"}, "any"), ({}, "none")])
def test_a_page_of_another_origin(method: str, headers: dict[str, str], outcome: str) -> None:
    found = seen("/aiimage/versions", reply(200, {}, **headers), method, headers=ORIGIN)
    assert found == {"cors": outcome}


def test_a_path_with_a_query_shows_nothing() -> None:
    assert seen("/aiimage/versions?token=x", reply(401, {}), accept="text/html") == {}

"""The forms of a refusal."""

import json

import pytest

from mock_server.domain.refusals import REFUSALS
from mock_server.faults.transmission import Transmission
from mock_server.http.context import RequestContext, parse_headers
from mock_server.http.presentation import accepts_json, make_presenter
from mock_server.http.replies import Reply, error
from support.mock import behaviour

DETAILS = {"path": "/nowhere", "method": "GET", "allow": "POST", "message": "Wrong.", "limit": 1, "operation": "x"}


def presented(reply: Reply, accept: str = "application/json", **behaves: object) -> Transmission:
    headers = [(b"accept", accept.encode())]
    scope = {"method": "GET", "path": "/", "scheme": "http", "headers": headers, "server": ("127.0.0.1", 8010)}

    async def receive() -> dict[str, object]:
        raise AssertionError("nothing is read")

    context = RequestContext(scope, receive, None, 0, parse_headers(headers))
    return make_presenter(behaviour(**behaves))(context, reply)


@pytest.mark.parametrize("code", REFUSALS)
def test_each_refusal_has_a_code_of_its_own_in_an_envelope_unless_its_body_is_documented(code: str) -> None:
    reply = error(code, None, **DETAILS)
    body = json.loads(presented(reply, error_body="envelope").body)
    if code == "busy":
        assert body == reply.body
    else:
        assert body["error"]["code"].isupper()
        assert (body["success"], body["error"]["message"]) == (False, reply.body["message"])


def test_the_two_429s_have_different_codes_and_messages() -> None:
    codes = {
        json.loads(presented(error(code), error_body="envelope").body)["error"]["code"]
        for code in ("rate-limit", "daily-limit")
    }
    assert codes == {"RATE_LIMITED", "DAILY_LIMIT_EXCEEDED"}


@pytest.mark.parametrize("code", ["internal", "too-slow"])
def test_an_error_of_the_mock_itself_keeps_its_form(code: str) -> None:
    reply = error(code, seconds=1.0)
    sent = presented(reply, "text/html", error_body="envelope", without_accept="redirect")
    assert (sent.status, json.loads(sent.body)) == (reply.status, reply.body)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json", True),
        ("application/vnd.api+json; q=0.5, text/html", True),
        ("*/json", True),
        ("APPLICATION/JSON", True),
        ("*/*", False),
        ("text/html, application/json", False),  # only the first type decides, as in Laravel
        ("", False),
    ],
)
def test_a_client_accepts_json_if_its_first_type_is_json(accept: str, expected: bool) -> None:
    assert accepts_json(accept) is expected

import json
from typing import Any

import pytest

from contract_tests.client.call import Reply
from contract_tests.client.exchange import Exchange
from contract_tests.fuzz.judgement import judge
from contract_tests.oracle.contract import load_contract
from contract_tests.oracle.kinds import Kind

INVALID = {"message": "No.", "errors": {"size": ["No."]}}
RESOLUTION = {"message": "No.", "errors": {"image_resolution": ["No."]}}
REFUSED = {"message": "No."}
FIELDS = {"image_generator": "stablediffusion", "image_resolution": "512x512", "image_number_of_images": 1}
GENERATED = {
    "status": "success",
    "images": [{"id": 1, "title": "t", "input": "A sign", "output": "uploads/t.png"}],
    "image_storage": "public",
}


def rules(kind: Kind, status: int, body: Any, method: str = "POST", **headers: str) -> list[str]:
    """Return the rules that generate-image breaks with this response."""
    exchange = Exchange(method, "http://127.0.0.1/", "primary", None, status=status)
    content_type = {"content-type": "application/json"}
    reply = Reply(status, content_type | headers, json.dumps(body).encode(), exchange)
    return [finding.rule for finding in judge(load_contract(), "generateImage", kind, reply, FIELDS)]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in {Kind.UNAUTHENTICATED, Kind.UNLISTED}])
@pytest.mark.parametrize("status", [409, 419, 429])
def test_a_refusal_for_the_state_of_the_account_is_always_valid(kind: Kind, status: int) -> None:
    assert rules(kind, status, REFUSED) == []


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        (Kind.DOCUMENTED, 200, GENERATED),
        (Kind.DOCUMENTED, 422, RESOLUTION),
        (Kind.DOCUMENTED, 413, REFUSED),
        (Kind.DOCUMENTED, 403, REFUSED),
        (Kind.DOCUMENTED, 422, {"message": "No.", "errors": {"image_generator": ["No."]}}),
        (Kind.INVALID, 200, {"status": "error", "message": "No."}),
        (Kind.WITHOUT_SOURCE, 200, {"status": "error", "message": "No."}),
        (Kind.OPEN, 200, GENERATED),
        (Kind.OPEN, 422, INVALID),
        (Kind.OPEN, 400, REFUSED),
        (Kind.OPEN, 403, REFUSED),
        # Limits of the service, in a form that no source gives.
        (Kind.OPEN, 422, []),
        (Kind.DOCUMENTED, 422, []),
        (Kind.DOCUMENTED, 400, REFUSED),
        (Kind.INVALID, 422, INVALID),
        (Kind.INVALID, 403, REFUSED),
        (Kind.WITHOUT_SOURCE, 422, INVALID),
        (Kind.UNREADABLE, 400, REFUSED),
        (Kind.UNREADABLE, 415, REFUSED),
        (Kind.UNREADABLE, 422, INVALID),
        (Kind.UNAUTHENTICATED, 401, REFUSED),
    ],
)
def test_documented_and_customary_responses_are_valid(kind: Kind, status: int, body: Any) -> None:
    assert rules(kind, status, body) == []


@pytest.mark.parametrize(
    ("kind", "status", "body", "rule"),
    [
        (Kind.DOCUMENTED, 422, INVALID, "SHAPE"),
        (Kind.DOCUMENTED, 404, REFUSED, "SHAPE"),
        (Kind.DOCUMENTED, 200, {**GENERATED, "images": None}, "SHAPE"),
        (Kind.DOCUMENTED, 500, REFUSED, "SHAPE"),
        (Kind.OPEN, 500, REFUSED, "SHAPE"),
        (Kind.OPEN, 201, GENERATED, "SHAPE"),
        (Kind.INVALID, 500, REFUSED, "SHAPE"),
        (Kind.INVALID, 400, REFUSED, "VALID-422"),
        (Kind.INVALID, 422, REFUSED, "VALID-422"),
        (Kind.INVALID, 200, GENERATED, "VALID-422"),
        (Kind.UNREADABLE, 200, GENERATED, "VALID-422"),
        (Kind.UNREADABLE, 500, REFUSED, "SHAPE"),
        (Kind.WITHOUT_SOURCE, 200, GENERATED, "I2I-SRC"),
        (Kind.WITHOUT_SOURCE, 400, REFUSED, "VALID-422"),
        (Kind.UNAUTHENTICATED, 200, GENERATED, "AUTH"),
        (Kind.UNAUTHENTICATED, 403, REFUSED, "AUTH-401"),
    ],
)
def test_other_responses_break_a_rule(kind: Kind, status: int, body: Any, rule: str) -> None:
    assert rules(kind, status, body) == [rule]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 501])
def test_an_undocumented_method_can_be_refused_in_any_way(status: int) -> None:
    assert rules(Kind.UNLISTED, status, "not JSON", method="PUT") == []


def test_the_response_to_an_undocumented_method_is_judged() -> None:
    assert rules(Kind.UNLISTED, 405, REFUSED, method="PUT", allow="POST") == []
    assert rules(Kind.UNLISTED, 204, None, method="OPTIONS") == []
    assert rules(Kind.UNLISTED, 405, REFUSED, method="PUT") == ["NOT-FOUND"]
    assert rules(Kind.UNLISTED, 200, GENERATED, method="PUT") == ["NOT-FOUND"]
    assert rules(Kind.UNLISTED, 500, REFUSED, method="PUT") == ["NOT-FOUND"]

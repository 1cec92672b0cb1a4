from typing import Any

import httpx
import pytest

from contract_tests.client.call import Reply
from contract_tests.client.exchange import Exchange
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.contract import is_envelope, load_contract

IMAGE = {"id": 1, "title": "t.png", "input": "p", "output": "uploads/t.png"}
GENERATED = {"status": "success", "images": [IMAGE], "image_storage": "public"}


def reply(status: int, body: Any = None, **headers: str) -> Reply:
    response = httpx.Response(status, json=body)
    return Reply(
        status, {**response.headers, **headers}, response.content, Exchange("GET", "http://h", "primary", None)
    )


def broken(operation: str, answer: Reply, *, authorized: bool = True) -> list[str]:
    return [finding.rule for finding in load_contract().deviations(operation, answer, authorized=authorized)]


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("generateImage", reply(200, GENERATED)),
        ("generateImage", reply(200, {**GENERATED, "more": 1})),
        ("generateImage", reply(409, {"message": "wait"})),
        ("generateImage", reply(419, "an undocumented body")),
        ("generateImage", reply(413, {"message": "too large"})),
        ("checkAvailability", reply(409, {"status": "error", "message": "wait"})),
        ("getRecentImages", reply(200, [{**IMAGE, "created_at": "2026-02-26T10:00:00Z"}])),
        ("getVersions", reply(200, {"dall-e": "dalle3"}, **{"content-type": "application/json; charset=utf-8"})),
    ],
)
def test_a_documented_response_has_no_deviations(operation: str, answer: Reply) -> None:
    assert broken(operation, answer) == []


@pytest.mark.parametrize(
    ("operation", "answer", "rule"),
    [
        ("generateImage", reply(200, {**GENERATED, "status": "done"}), "SHAPE"),
        ("generateImage", reply(200, {**GENERATED, "images": [{**IMAGE, "id": "1"}]}), "SHAPE"),
        ("generateImage", reply(200, None), "SHAPE"),
        ("generateImage", reply(500, {}), "SHAPE"),
        ("generateImage", reply(302), "SHAPE"),
        ("generateImage", reply(400, {}), "VALID-422"),
        ("generateImage", reply(422, {"message": "no"}), "VALID-422"),
        ("generateImage", reply(409, {}), "LOCK-409-BODY"),
        ("checkAvailability", reply(409, {"message": "wait"}), "SHAPE"),
        ("getRecentImages", reply(200, [{**IMAGE, "created_at": "yesterday"}]), "SHAPE"),
        ("getVersions", reply(200, {"dall-e": 3}), "SHAPE"),
        ("getVersions", reply(200, {}, **{"content-type": "text/html"}), "SHAPE"),
        ("getVersions", reply(401, {}), "AUTH-401"),
    ],
)
def test_a_deviation_names_the_violated_rule(operation: str, answer: Reply, rule: str) -> None:
    assert broken(operation, answer) == [rule]


def test_another_refusal_of_a_bad_token_only_differs_from_an_assumption() -> None:
    assert broken("getVersions", reply(403, {}), authorized=False) == ["AUTH-401"]


@pytest.mark.parametrize("answer", [reply(503), reply(429, {})])
def test_a_response_of_a_gateway_is_inconclusive(answer: Reply) -> None:
    with pytest.raises(InconclusiveError):
        broken("getVersions", answer)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"success": False, "error": {"code": "NOT_FOUND", "message": "No."}}, True),
        ({"success": False, "error": {"message": "No."}, "message": "No."}, False),
        ({"error": "No."}, False),
        ([], False),
    ],
)
def test_an_envelope_has_its_message_inside_alone(body: object, expected: bool) -> None:
    assert is_envelope(body) is expected

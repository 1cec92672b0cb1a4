"""Requests that the control API sends to the emulated API."""

import base64
import json
from typing import Any

import pytest

from support.control import control_call, control_json
from support.mock import DALL_E, PREFIX, Mock

GENERATE = f"{PREFIX}/generate-image"
BODY = json.dumps(DALL_E)


def send(mock: Mock, **request: Any) -> dict[str, Any]:
    reply: dict[str, Any] = control_json(mock, "POST", "/requests", {"method": "GET", "token": "demo", **request})
    return reply


def generate(mock: Mock, **request: Any) -> dict[str, Any]:
    return send(mock, method="POST", path=GENERATE, headers={"Content-Type": "application/json"}, body=BODY, **request)


def test_a_reply_is_returned_as_a_client_gets_it(mock: Mock) -> None:
    sent = send(mock, path=f"{PREFIX}/check-availability")
    direct = mock.call("GET", f"{PREFIX}/check-availability", "demo")
    assert (sent["status"], sent["complete"], sent["body"]) == (200, True, direct.text)
    assert dict(sent["headers"])["content-type"] == "application/json"
    assert control_json(mock, "GET", f"/requests/{sent['id']}")["sender"] == "page"


def test_it_counts_neither_in_coverage_nor_in_the_verdict(mock: Mock) -> None:
    assert generate(mock)["status"] == 200
    assert control_json(mock, "GET", "/coverage?token=demo")["met"] == 0
    verdict = control_json(mock, "GET", "/verdict?token=demo")
    assert (verdict["verdict"], verdict["requests"]) == ("not exercised", 0)
    assert mock.world()["credits"] == 99
    assert control_json(mock, "GET", "/requests?token=demo&sender=client")["total"] == 0
    assert control_json(mock, "GET", "/requests?token=demo&sender=page")["total"] == 1


def test_it_counts_for_the_client_on_demand(mock: Mock) -> None:
    generate(mock, sender="client")
    assert control_json(mock, "GET", "/coverage?token=demo")["met"] == 1
    assert control_json(mock, "GET", "/verdict?token=demo")["verdict"] == "misbehaved"


def test_no_header_of_a_client_is_taken_for_the_mark(mock: Mock) -> None:
    mock.call("GET", f"{PREFIX}/versions", "demo", headers={"aiimage_mock.sending": "page", "X-Mock-Sender": "page"})
    assert control_json(mock, "GET", "/coverage?token=demo")["met"] == 1


@pytest.mark.parametrize("fault", [{"fault": "lost-response", "at": "charged"}, {"fault": "drop"}, {"fault": "reset"}])
def test_a_lost_reply_is_lost_and_sent_once(mock: Mock, fault: dict[str, str]) -> None:
    control_json(mock, "PUT", "/worlds/demo/faults", [{**fault, "times": 1}])
    sent = generate(mock)
    assert (sent["status"], sent["complete"], sent["headers"], sent["body"]) == (None, False, [], "")
    (entry,) = control_json(mock, "GET", "/requests?token=demo")["requests"]
    assert (entry["id"], entry["status"]) == (sent["id"], None)


def test_a_cut_reply_is_cut(mock: Mock) -> None:
    control_json(mock, "PUT", "/worlds/demo/faults", [{"fault": "truncated-body"}])
    sent = send(mock, path=f"{PREFIX}/versions")
    assert (sent["status"], sent["complete"]) == (200, False)
    assert len(sent["body"]) < int(dict(sent["headers"])["content-length"])


def test_bytes_are_sent_in_base64(mock: Mock) -> None:
    encoded = base64.b64encode(BODY.encode()).decode()
    sent = send(mock, method="POST", path=GENERATE, headers={"content-type": "application/json"}, base64=encoded)
    assert sent["status"] == 200


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"path": "/_mock/worlds"}, "path takes a path of the API"),
        ({"path": "/%5fmock/worlds"}, "path takes a path of the API"),
        ({"path": "api/v1"}, "path takes a path of the API"),
        ({"method": "BREW"}, "method"),
        ({"base64": "!"}, "base64 takes Base64"),
        ({"body": "a", "base64": "YQ=="}, "use one of body and base64"),
        ({"headers": {"a": "b\nc: d"}}, "without line breaks"),
        ({"headers": {"ä": "b"}}, "takes ASCII"),
        ({"sender": "server"}, "sender"),
        ({"more": 1}, "more"),
    ],
)
def test_an_invalid_request_is_not_sent(mock: Mock, changes: dict[str, Any], problem: str) -> None:
    request = {"method": "GET", "path": f"{PREFIX}/versions", **changes}
    reply = control_call(mock, "POST", "/requests", json=request)
    assert (reply.status_code, problem in reply.json()["message"]) == (422, True), reply.text
    assert control_json(mock, "GET", "/requests")["total"] == 0

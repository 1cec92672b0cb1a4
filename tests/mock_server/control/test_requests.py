"""The journal, read through the control API."""

from typing import Any

import pytest

from support.control import control_call, control_json
from support.mock import PREFIX, Mock, Start, behaviour, settings


@pytest.fixture
def busy(mock: Mock) -> Mock:
    """A mock after seven requests: of two clients, and without a token."""
    mock.generate("demo")
    mock.generate("demo", image_number_of_images=0)
    mock.generate("demo-empty")
    mock.call("GET", f"{PREFIX}/recent-images", "demo")
    mock.call("GET", f"{PREFIX}/versions", None)
    mock.call("GET", f"{PREFIX}/nowhere", "demo")
    mock.call("GET", "/uploads/nothing.png", None)
    return mock


def statuses(mock: Mock, query: str = "") -> list[Any]:
    return [each["status"] for each in control_json(mock, "GET", f"/requests{query}")["requests"]]


def test_requests_are_newest_first(busy: Mock) -> None:
    assert statuses(busy) == [404, 404, 401, 200, 419, 422, 200]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?order=oldest", [200, 422, 419, 200, 401, 404, 404]),
        ("?token=demo", [404, 200, 422, 200]),
        ("?token=demo-low", []),
        ("?operation=generateImage", [419, 422, 200]),
        ("?operation=generate-image&token=demo&order=oldest", [200, 422]),
        ("?operation=uploads", [404]),
        ("?operation=getPicture", [404]),
        ("?operation=check-availability", []),
        ("?status=404", [404, 404]),
        ("?status=none", []),
        ("?limit=2", [404, 404]),
        ("?limit=2&order=oldest", [200, 422]),
    ],
)
def test_requests_are_filtered(busy: Mock, query: str, found: list[int]) -> None:
    assert statuses(busy, query) == found


def test_the_total_counts_beyond_the_limit(busy: Mock) -> None:
    assert control_json(busy, "GET", "/requests?limit=1")["total"] == 7
    assert control_json(busy, "GET", "/requests?limit=1&token=demo")["total"] == 4


def test_a_request_without_a_reply_has_no_status(mock: Mock) -> None:
    control_json(mock, "PUT", "/worlds/demo/faults", [{"fault": "drop"}])
    with pytest.raises(ConnectionResetError):
        mock.run(lambda: _call_with_errors(mock))
    (entry,) = control_json(mock, "GET", "/requests?status=none")["requests"]
    assert (entry["status"], entry["complete"], entry["faults"]) == (None, False, ["drop"])


async def _call_with_errors(mock: Mock) -> None:
    mock.http._transport.raise_app_exceptions = True  # type: ignore[attr-defined]
    await mock.acall("GET", f"{PREFIX}/versions")


def test_a_request_is_found_by_the_id_in_its_reply(mock: Mock) -> None:
    reply = mock.generate("demo-empty")
    entry = control_json(mock, "GET", f"/requests/{reply.headers['x-mock-request-id']}")
    assert entry == control_json(mock, "GET", "/requests")["requests"][0]
    assert (entry["rule"], entry["why"]["rule"]) == ("CREDIT-419", "CREDIT-419")
    assert entry["why"]["state"] == {"credits": 0, "needed": 1, "images": 1}
    assert entry["reply"] == reply.text


def test_a_request_is_shown_with_its_outcome(mock: Mock) -> None:
    reply = mock.generate("my-token")
    (entry,) = control_json(mock, "GET", "/requests")["requests"]
    assert entry["at"] == "2026-02-26T10:00:00.000Z"
    assert entry["seconds"] == 1.5
    assert entry["fields"]["size"] == "256x256"
    assert entry["made"] == [reply.json()["images"][0]["title"]]
    assert (entry["why"], entry["picture"]) == (None, None)


def test_the_journal_shows_no_token(mock: Mock) -> None:
    token = "canary-7f3e9a51c2d84b06"
    mock.generate(token)
    mock.call("GET", f"{PREFIX}/versions?key={token}", token, headers={"x-other": token})
    mock.call("GET", f"{PREFIX}/{token}", token)
    for path in ("/requests", "/worlds", "/snapshot", "/behaviour"):
        assert token not in control_call(mock, "GET", path).text


def test_a_request_without_a_token_has_the_time_of_the_server(mock: Mock) -> None:
    mock.generate()
    mock.call("GET", f"{PREFIX}/versions", None)
    entry = control_json(mock, "GET", "/requests?status=401")["requests"][0]
    assert (entry["at"], entry["seconds"]) == ("2026-02-26T10:00:01.500Z", 0)


def test_an_unknown_request_is_404(mock: Mock) -> None:
    reply = control_call(mock, "GET", "/requests/0%00%C3%A9")
    assert reply.status_code == 404
    assert reply.json() == {"message": "Request '0\\x00\\xe9' not found; it may have been evicted."}


def test_evicted_requests_are_counted(start: Start) -> None:
    mock = start(settings(behaves=behaviour(max_journal_entries=3)))
    ids = [mock.call("GET", f"{PREFIX}/versions").headers["x-mock-request-id"] for _ in range(5)]
    assert [each["id"] for each in control_json(mock, "GET", "/requests?order=oldest")["requests"]] == ids[2:]
    assert control_call(mock, "GET", f"/requests/{ids[0]}").status_code == 404
    shown = {each["operation"]: each for each in control_json(mock, "GET", "/coverage?token=demo")["operations"]}
    assert shown["getVersions"]["statuses"][0] == {"status": 200, "met": 5, "rules": []}


def test_the_journal_of_one_client_or_of_all_is_deleted(busy: Mock) -> None:
    assert control_json(busy, "DELETE", "/requests?token=demo") == {"requests": [], "total": 0}
    assert statuses(busy) == [404, 401, 419]
    assert control_json(busy, "GET", "/coverage?token=demo")["met"] == 0
    assert busy.world()["credits"] == 99
    control_json(busy, "DELETE", "/requests")
    assert statuses(busy) == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?status=4", "status takes a number from 100 to 599"),
        ("?status=%EF%BC%94%EF%BC%90%EF%BC%99", "status takes a number from 100 to 599"),
        ("?limit=0", "limit takes a number from 1 to 1000, not '0'"),
        ("?limit=1001", "limit takes a number"),
        ("?limit=ten", "limit takes a number"),
        ("?limit=99999999999999999999", "limit takes a number"),
        ("?order=random", "order takes newest or oldest, not 'random'"),
        ("?operation=generate_image", "Unknown operation 'generate_image'. Use: "),
        ("?operation=", "Unknown operation ''"),
        ("?operation=nowhere", "Unknown operation 'nowhere'"),
        ("?status=2xx", "status takes a number from 100 to 599, or none"),
        ("?status=999", "status takes a number from 100 to 599, or none"),
        ("?status=", "status takes a number from 100 to 599, or none"),
        ("?tokn=demo", "Unknown query parameter 'tokn'. Use: token, operation, status, sender, limit, order, detail."),
        ("?token=demo&token=another", "Duplicate query parameter."),
        ("?token=", "use visible ASCII characters without spaces"),
        ("?token=two%20words", "use visible ASCII characters without spaces"),
    ],
)
def test_an_invalid_query_is_422(busy: Mock, query: str, message: str) -> None:
    reply = control_call(busy, "GET", f"/requests{query}")
    assert reply.status_code == 422
    assert message in reply.json()["message"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_token_that_is_not_valid_is_404(busy: Mock, method: str) -> None:
    # Any other token is that of an account, which may not have called yet.
    assert control_call(busy, method, "/requests?token=demo-invalid").status_code == 404
    assert control_json(busy, "GET", "/requests?token=new")["total"] == 0
    assert control_json(busy, "GET", "/requests")["total"] == 7


def test_a_misspelt_parameter_deletes_nothing(busy: Mock) -> None:
    assert control_call(busy, "DELETE", "/requests?tokn=demo").status_code == 422
    assert control_json(busy, "GET", "/requests")["total"] == 7


@pytest.mark.parametrize("path", ["/coverage", "/verdict"])
def test_coverage_and_verdict_are_of_one_client(busy: Mock, path: str) -> None:
    assert control_json(busy, "GET", f"{path}?token=demo")["token"] == "demo"
    reply = control_call(busy, "GET", path)
    assert (reply.status_code, reply.json()) == (422, {"message": "Missing query parameter: token."})
    assert control_call(busy, "GET", f"{path}?token=demo-invalid").status_code == 404


def test_coverage_counts_the_responses_of_a_client(busy: Mock) -> None:
    shown = control_json(busy, "GET", "/coverage?token=demo")
    met = {
        (operation["operation"], status["status"]): status["met"]
        for operation in shown["operations"]
        for status in operation["statuses"]
        if status["met"]
    }
    assert met == {("generateImage", 200): 1, ("generateImage", 422): 1, ("getRecentImages", 200): 1, (None, 404): 1}


def test_the_verdict_is_about_the_requested_client(mock: Mock) -> None:
    for _ in range(2):
        mock.generate("demo-empty")
    assert control_json(mock, "GET", "/verdict?token=demo-empty")["verdict"] == "misbehaved"
    assert control_json(mock, "GET", "/verdict?token=demo")["verdict"] == "not exercised"

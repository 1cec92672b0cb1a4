"""Requests and responses of the control API, and worlds by token and by name."""

from typing import Any

import pytest

from mock_server.domain.accounts import world_name
from support.control import control_call, control_json
from support.mock import PREFIX, Mock, Start, settings


def test_unknown_paths_get_an_error_in_json(mock: Mock) -> None:
    for path in ("/nothing", "/worlds/demo/nothing", "/worlds/demo/clock/", "/health/", "/line%0Abreak"):
        reply = control_call(mock, "GET", path)
        assert reply.status_code == 404
        assert reply.json()["message"].startswith("There is no /_mock/")


def test_unknown_paths_under_the_prefix_are_not_in_the_journal(mock: Mock) -> None:
    control_call(mock, "GET", "/nothing")
    control_call(mock, "GET", "/line%0Abreak")
    assert control_json(mock, "GET", "/requests")["total"] == 0


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/health", {"GET", "HEAD"}),
        ("POST", "/worlds/demo", {"GET", "HEAD", "PUT", "PATCH", "DELETE"}),
        ("GET", "/reset", {"POST"}),
        ("PUT", "/requests", {"GET", "HEAD", "POST", "DELETE"}),
    ],
)
def test_a_wrong_method_gets_the_allowed_ones(mock: Mock, method: str, path: str, allow: set[str]) -> None:
    reply = control_call(mock, method, path)
    assert reply.status_code == 405
    assert f", not {method}. `aiimage-mock spec --control` prints" in reply.json()["message"]
    assert set(reply.headers["allow"].split(", ")) == allow


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"\x00",
        b'"\\ud800"',
        b'{"credits": 1e999}',
        b"[" * 100_000,
        b"1" * 5_000,
        b'{"credits": 1} x',
        b"null",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/worlds/demo"),
        ("POST", "/worlds/demo/clock"),
        ("PUT", "/worlds/demo/faults"),
        ("PUT", "/worlds/demo/scenario"),
        ("POST", "/reset"),
        ("PUT", "/snapshot"),
    ],
)
def test_an_invalid_body_is_refused_with_a_message(mock: Mock, method: str, path: str, body: bytes) -> None:
    reply = control_call(mock, method, path, content=body)
    assert reply.status_code == 422
    assert reply.json()["message"].startswith("Invalid body: ")


@pytest.mark.parametrize("path", ["/worlds/demo", "/worlds/demo/scenario"])
def test_a_body_has_at_most_one_mebibyte(mock: Mock, path: str) -> None:
    assert control_call(mock, "PUT", path, content=b"{}" + b" " * (2**20 - 2)).status_code == 200
    reply = control_call(mock, "PUT", path, content=b"{}" + b" " * (2**20 - 1))
    assert (reply.status_code, reply.json()) == (413, {"message": "The body is larger than 1048576 bytes."})


def test_an_endless_body_is_refused_early(mock: Mock) -> None:
    sent = 0

    async def endless() -> object:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 65_536

    assert control_call(mock, "PATCH", "/worlds/demo", content=endless()).status_code == 413
    assert sent <= 18


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", "nonsense"])
def test_a_body_is_read_as_json_despite_its_content_type(mock: Mock, kind: str) -> None:
    reply = control_call(mock, "PATCH", "/worlds/demo", content=b'{"credits": 3}', headers={"Content-Type": kind})
    assert reply.json()["credits"] == 3


def test_every_setting_is_shown_with_value_and_default(mock: Mock) -> None:
    shown = {each["name"]: each for each in control_json(mock, "GET", "/behaviour")}
    assert shown["lock_seconds"] == {
        "name": "lock_seconds",
        "value": 10,
        "default": 10,
        "takes": "number > 0",
        "source": "doc",
        "rule": "LOCK-10S",
    }
    assert shown["max_worlds"]["rule"] is None


def test_head_is_supported(mock: Mock) -> None:
    for path in ("/health", "/worlds/demo", "/requests", "/events", "/snapshot"):
        assert control_call(mock, "HEAD", path).status_code == 200


def named(token: str) -> str:
    return f"world:{world_name(token)}"


def state(mock: Mock, token: str) -> dict[str, Any]:
    found: dict[str, Any] = control_json(mock, "GET", f"/worlds/{token}")
    return found


def test_a_list_names_each_world_and_masks_its_token(mock: Mock) -> None:
    mock.generate("customer")
    (world,) = control_json(mock, "GET", "/worlds")["worlds"]
    assert (world["world"], world["token"]) == (world_name("customer"), "cu***")


def test_token_and_name_lead_to_the_same_world(mock: Mock) -> None:
    mock.generate("customer")
    by_token, by_name = state(mock, "customer"), state(mock, named("customer"))
    assert by_token == {**by_name, "token": "customer"}
    assert by_name["token"] == "cu***"


@pytest.mark.parametrize(
    ("token", "field", "value"),
    [("demo-empty", "credits", 0), ("demo-limited", "used_today", 50), ("demo-busy", "lock", {"until": "forever"})],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_listed_account_starts_as_listed_when_called_by_name(
    mock: Mock, method: str, token: str, field: str, value: Any
) -> None:
    assert control_json(mock, method, f"/worlds/{named(token)}")[field] == value
    assert state(mock, token)[field] == value


def test_a_reset_by_name_restores_the_listed_account(mock: Mock) -> None:
    control_json(mock, "PATCH", "/worlds/demo-empty", {"credits": 7})
    control_json(mock, "PUT", f"/worlds/{named('demo-empty')}")
    assert state(mock, "demo-empty")["credits"] == 0


def test_a_world_reset_by_name_keeps_its_masked_token(mock: Mock) -> None:
    mock.generate("customer")
    control_json(mock, "PUT", f"/worlds/{named('customer')}", {"credits": 3})
    (world,) = control_json(mock, "GET", "/worlds")["worlds"]
    assert (world["token"], world["credits"]) == ("cu***", 3)
    assert mock.generate("customer").status_code == 200
    assert state(mock, "customer")["credits"] == 2


@pytest.mark.parametrize("path", ["", "/clock", "/faults", "/images"])
def test_an_unknown_name_is_not_found(mock: Mock, path: str) -> None:
    reply = control_call(mock, "GET", f"/worlds/{named('never-seen')}{path}")
    assert reply.status_code == 404
    assert world_name("never-seen") in reply.json()["message"]


def test_a_deleted_world_has_no_name(mock: Mock) -> None:
    mock.generate("customer")
    control_json(mock, "POST", "/reset", {"token": named("customer")})
    assert control_call(mock, "GET", f"/worlds/{named('customer')}").status_code == 404


def test_a_world_with_only_reads_has_its_name_from_the_journal(mock: Mock) -> None:
    mock.call("GET", f"{PREFIX}/versions", "customer")
    (shown,) = control_json(mock, "GET", "/worlds")["worlds"]
    assert (shown["token"], shown["world"]) == ("cu***", named("customer").removeprefix("world:"))
    assert state(mock, named("customer"))["token"] == "cu***"


@pytest.mark.parametrize("token", ["demo-invalid"])
def test_an_invalid_token_has_no_name(mock: Mock, token: str) -> None:
    assert control_call(mock, "GET", f"/worlds/{named(token)}").status_code == 404


def test_a_closed_server_finds_only_listed_accounts_by_name(start: Start) -> None:
    mock = start(settings(closed=True))
    assert state(mock, named("demo"))["credits"] == 100
    assert control_call(mock, "GET", f"/worlds/{named('customer')}").status_code == 404


@pytest.mark.parametrize(
    "word", ["world:", "world:53F159799D1C9199", "world:53f159799d1c919", "world:53f159799d1c91990"]
)
def test_a_malformed_reference_is_a_token(mock: Mock, word: str) -> None:
    assert state(mock, word)["token"] == word


def test_every_call_accepts_a_name(mock: Mock) -> None:
    mock.generate("customer")
    name = named("customer")
    control_json(mock, "POST", f"/worlds/{name}/clock", {"freeze": True})
    control_json(mock, "PUT", f"/worlds/{name}/faults", [{"fault": "drop"}])
    assert control_json(mock, "GET", "/worlds/customer/clock")["mode"] == "frozen"
    assert state(mock, "customer")["faults"] == 1
    assert control_json(mock, "GET", f"/requests?token={name}")["total"] == 1
    for call in ("coverage", "verdict"):
        assert control_json(mock, "GET", f"/{call}?token={name}") == {
            **control_json(mock, "GET", f"/{call}?token=customer"),
            "token": "cu***",
        }
    control_json(mock, "PUT", f"/worlds/{name}/scenario", {"name": "last-credits"})
    assert state(mock, "customer")["credits"] == 2
    control_json(mock, "DELETE", f"/requests?token={name}")
    assert control_json(mock, "GET", "/requests")["total"] == 0


def test_an_entry_of_the_journal_names_its_world(mock: Mock) -> None:
    mock.generate("customer")
    mock.call("GET", f"{PREFIX}/versions", None)
    anonymous, customer = control_json(mock, "GET", "/requests")["requests"]
    assert (anonymous["world"], customer["world"]) == ("", world_name("customer"))


@pytest.mark.parametrize(
    ("method", "path", "body", "shown"),
    [
        ("PATCH", "/worlds/demo", '{"credits": 10.0}', {"credits": 10}),
        ("PATCH", "/worlds/demo", '{"daily_limit": 1e1, "generation_time": 2.0}', {"daily_limit": 10}),
        ("PUT", "/worlds/demo/scenario", '{"credits": 7.0}', {"credits": 7}),
        ("PUT", "/worlds/demo", '{"history": {"images": 3.0}}', {"images": 3}),
    ],
)
def test_a_number_without_a_fraction_is_an_integer(
    mock: Mock, method: str, path: str, body: str, shown: dict[str, int]
) -> None:
    """JSON Schema, validation, 6.1.1: 1.0 is an integer."""
    reply = mock.call(method, f"/_mock{path}", None, content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 200, reply.text
    assert reply.json().items() >= shown.items()
    assert all(isinstance(reply.json()[name], int) for name in shown)


def test_the_code_and_the_times_of_a_fault_are_integers_without_a_fraction(mock: Mock) -> None:
    body = '[{"fault": "status", "code": 409.0, "times": 1.0}]'
    headers = {"Content-Type": "application/json"}
    reply = mock.call("POST", "/_mock/worlds/demo/faults", None, content=body, headers=headers)
    assert reply.status_code == 200, reply.text
    assert [mock.generate().status_code for _ in range(2)] == [409, 200]


@pytest.mark.parametrize("number", ["10.5", "1e400", "-1.0", "1e300", '"10"'])
def test_other_numbers_are_refused(mock: Mock, number: str) -> None:
    headers = {"Content-Type": "application/json"}
    reply = mock.call("PATCH", "/_mock/worlds/demo", None, content=f'{{"credits": {number}}}', headers=headers)
    assert reply.status_code == 422
    assert "credits" in reply.json()["message"] or "range" in reply.json()["message"]

"""Worlds, named by their names instead of their tokens."""

from typing import Any

import pytest

from mock_server.domain.accounts import world_name
from support.control import ask, told
from support.mock import PREFIX, Mock, Start, settings


def named(token: str) -> str:
    return f"world:{world_name(token)}"


def state(mock: Mock, token: str) -> dict[str, Any]:
    found: dict[str, Any] = told(mock, "GET", f"/worlds/{token}")
    return found


def test_a_list_names_each_world_and_masks_its_token(mock: Mock) -> None:
    mock.generate("somebody")
    (world,) = told(mock, "GET", "/worlds")["worlds"]
    assert (world["world"], world["token"]) == (world_name("somebody"), "so***")


def test_a_world_has_the_same_name_whatever_it_is_called_by(mock: Mock) -> None:
    mock.generate("somebody")
    by_token, by_name = state(mock, "somebody"), state(mock, named("somebody"))
    assert by_token == {**by_name, "token": "somebody"}
    assert by_name["token"] == "so***"


@pytest.mark.parametrize(
    ("token", "field", "value"),
    [("demo-empty", "credits", 0), ("demo-limited", "used_today", 50), ("demo-busy", "lock", {"until": None})],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_listed_account_begins_as_it_is_listed_by_its_name_too(
    mock: Mock, method: str, token: str, field: str, value: Any
) -> None:
    assert told(mock, method, f"/worlds/{named(token)}")[field] == value
    assert state(mock, token)[field] == value


def test_a_listed_account_that_was_changed_begins_afresh_as_listed(mock: Mock) -> None:
    told(mock, "PATCH", "/worlds/demo-empty", {"credits": 7})
    told(mock, "PUT", f"/worlds/{named('demo-empty')}")
    assert state(mock, "demo-empty")["credits"] == 0


def test_a_world_that_begins_afresh_by_its_name_keeps_its_masked_token(mock: Mock) -> None:
    mock.generate("somebody")
    told(mock, "PUT", f"/worlds/{named('somebody')}", {"credits": 3})
    (world,) = told(mock, "GET", "/worlds")["worlds"]
    assert (world["token"], world["credits"]) == ("so***", 3)
    assert mock.generate("somebody").status_code == 200
    assert state(mock, "somebody")["credits"] == 2


@pytest.mark.parametrize("path", ["", "/clock", "/faults", "/images"])
def test_nobody_has_a_name_that_no_world_has(mock: Mock, path: str) -> None:
    reply = ask(mock, "GET", f"/worlds/{named('never-seen')}{path}")
    assert reply.status_code == 404
    assert world_name("never-seen") in reply.json()["message"]


def test_a_world_that_was_let_go_has_no_name(mock: Mock) -> None:
    mock.generate("somebody")
    told(mock, "POST", "/reset", {"token": named("somebody")})
    assert ask(mock, "GET", f"/worlds/{named('somebody')}").status_code == 404


def test_who_has_only_asked_has_a_name_by_the_journal(mock: Mock) -> None:
    mock.call("GET", f"{PREFIX}/versions", "somebody")
    assert told(mock, "GET", "/worlds")["total"] == 0
    assert state(mock, named("somebody"))["token"] == "so***"


@pytest.mark.parametrize("token", ["demo-invalid"])
def test_a_token_that_is_not_valid_has_no_name_either(mock: Mock, token: str) -> None:
    assert ask(mock, "GET", f"/worlds/{named(token)}").status_code == 404


def test_a_closed_server_knows_the_names_of_listed_accounts_only(start: Start) -> None:
    mock = start(settings(closed=True))
    assert state(mock, named("demo"))["credits"] == 100
    assert ask(mock, "GET", f"/worlds/{named('somebody')}").status_code == 404


@pytest.mark.parametrize(
    "word", ["world:", "world:53F159799D1C9199", "world:53f159799d1c919", "world:53f159799d1c91990"]
)
def test_what_is_only_like_a_name_is_a_token(mock: Mock, word: str) -> None:
    assert state(mock, word)["token"] == word


def test_every_call_takes_a_name(mock: Mock) -> None:
    mock.generate("somebody")
    name = named("somebody")
    told(mock, "POST", f"/worlds/{name}/clock", {"freeze": True})
    told(mock, "PUT", f"/worlds/{name}/faults", [{"fault": "drop"}])
    assert told(mock, "GET", "/worlds/somebody/clock")["mode"] == "frozen"
    assert state(mock, "somebody")["faults"] == 1
    assert told(mock, "GET", f"/requests?token={name}")["total"] == 1
    for call in ("coverage", "verdict"):
        assert told(mock, "GET", f"/{call}?token={name}") == {
            **told(mock, "GET", f"/{call}?token=somebody"),
            "token": "so***",
        }
    told(mock, "PUT", f"/worlds/{name}/scenario", {"name": "last-credits"})
    assert state(mock, "somebody")["credits"] == 2
    told(mock, "DELETE", f"/requests?token={name}")
    assert told(mock, "GET", "/requests")["total"] == 0


def test_an_entry_of_the_journal_names_its_world(mock: Mock) -> None:
    mock.generate("somebody")
    mock.call("GET", f"{PREFIX}/versions", None)
    nobody, somebody = told(mock, "GET", "/requests")["requests"]
    assert (nobody["world"], somebody["world"]) == ("", world_name("somebody"))

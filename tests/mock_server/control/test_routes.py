"""The control API."""

from typing import Any

import pytest

from mock_server import __version__
from support.mock import Mock, Start, settings


def call(mock: Mock, method: str, path: str, **kwargs: Any) -> Any:
    return mock.call(method, path, None, **kwargs)


def test_health_tells_version_state_and_worlds(mock: Mock) -> None:
    mock.generate("one")
    mock.generate("two")
    expected = {"status": "ok", "version": __version__, "state": "memory", "worlds": 2}
    assert call(mock, "GET", "/_mock/health").json() == expected


def test_a_world_is_shown_as_it_would_be_before_its_first_call(mock: Mock) -> None:
    assert mock.world() == {
        "token": "demo",
        "credits": 100,
        "daily_limit": 50,
        "used_today": 0,
        "lock": None,
        "clock": {"mode": "real", "now": "2026-02-26T10:00:00.000Z"},
        "images": 0,
    }
    assert call(mock, "GET", "/_mock/health").json()["worlds"] == 0


@pytest.mark.parametrize(
    ("token", "field", "value"),
    [
        ("demo-empty", "credits", 0),
        ("demo-low", "credits", 2),
        ("demo-limited", "used_today", 50),
        ("demo-almost-limited", "used_today", 49),
        ("demo-busy", "lock", {"until": None}),
        ("any-other", "credits", 100),
    ],
)
def test_ready_made_worlds(mock: Mock, token: str, field: str, value: Any) -> None:
    assert mock.world(token)[field] == value


def test_patch_changes_only_what_it_names(mock: Mock) -> None:
    mock.generate()
    changed = call(mock, "PATCH", "/_mock/worlds/demo", json={"credits": 7}).json()
    assert (changed["credits"], changed["used_today"], changed["images"]) == (7, 1, 1)


def test_put_begins_afresh(mock: Mock) -> None:
    mock.generate()
    changed = call(mock, "PUT", "/_mock/worlds/demo", json={"daily_limit": 3}).json()
    assert (changed["credits"], changed["daily_limit"], changed["used_today"], changed["images"]) == (100, 3, 0, 0)


def test_a_lock_can_be_set_and_taken_away(mock: Mock) -> None:
    until = "2026-02-26T10:00:05.000Z"
    assert call(mock, "PATCH", "/_mock/worlds/demo", json={"lock": {"until": until}}).json()["lock"] == {"until": until}
    assert mock.generate().status_code == 409
    assert call(mock, "PATCH", "/_mock/worlds/demo", json={"lock": None}).json()["lock"] is None
    assert mock.generate().status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"credits": -1}',
        b'{"credits": "7"}',
        b'{"colour": 1}',
        b'{"lock": {"until": "soon"}}',
        b'{"lock": 3}',
    ],
)
def test_a_change_that_is_not_understood_is_422_and_changes_nothing(mock: Mock, body: bytes) -> None:
    reply = call(mock, "PATCH", "/_mock/worlds/demo", content=body)
    assert reply.status_code == 422
    assert reply.json()["message"].startswith("The change of a world is not understood: ")
    assert mock.world()["credits"] == 100


def test_a_change_beyond_any_size_is_refused(mock: Mock) -> None:
    assert "larger than" in call(mock, "PUT", "/_mock/worlds/demo", content=b" " * 70_000).json()["message"]


def test_an_invalid_token_has_no_world(mock: Mock) -> None:
    assert call(mock, "GET", "/_mock/worlds/demo-invalid").status_code == 404


def test_unknown_paths_and_methods_are_answered_in_json(mock: Mock) -> None:
    assert call(mock, "GET", "/_mock/nothing").json() == {"message": "Not Found"}
    reply = call(mock, "DELETE", "/_mock/health")
    assert reply.status_code == 405
    assert "GET" in reply.headers["allow"]


def test_beyond_loopback_it_is_off_without_an_admin_token(start: Start) -> None:
    mock = start(settings(host="0.0.0.0"))
    assert call(mock, "GET", "/_mock/health").status_code == 404


def test_it_can_be_switched_off(start: Start) -> None:
    mock = start(settings(control=False))
    assert call(mock, "GET", "/_mock/health").status_code == 404


def test_with_an_admin_token_it_asks_for_it(start: Start) -> None:
    mock = start(settings(host="0.0.0.0", admin_token="s3cret"))
    assert call(mock, "GET", "/_mock/health").status_code == 200
    assert call(mock, "GET", "/_mock/worlds/demo").status_code == 401
    for given, status in [("Bearer s3cret", 200), ("Bearer s3cre", 401), ("s3cret", 401), ("Bearer é", 401)]:
        reply = call(mock, "GET", "/_mock/worlds/demo", headers={"Authorization": given.encode()})
        assert reply.status_code == status

"""The part of the mock's control API that the suite uses."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from contract_tests.wrong_servers.state import LOW, token_of
from support.wrong_servers import serving


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with serving("conforming", control=True) as origin:
        yield origin


@pytest.fixture
def control(origin: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{origin}/_mock") as client:
        yield client


def world(control: httpx.Client, token: str, method: str = "GET", **change: Any) -> Any:
    reply = control.request(method, f"/worlds/{token.replace('|', '%7C')}", json=change or None)
    assert reply.status_code == 200
    return reply.json()


def test_it_is_healthy(control: httpx.Client) -> None:
    assert control.get("/health").json()["status"] == "ok"


def test_every_token_but_the_invalid_one_opens_a_world(control: httpx.Client) -> None:
    fresh = world(control, "new-token")
    assert (fresh["credits"], fresh["daily_limit"], fresh["used_today"], fresh["lock"]) == (100, 50, 0, None)
    assert control.get(f"/worlds/{token_of('invalid').replace('|', '%7C')}").status_code == 404


def test_a_world_is_changed_and_reset(control: httpx.Client) -> None:
    changed = world(control, token_of("low"), "PATCH", credits=7, daily_limit=9, used_today=4, generation_time=3)
    figures = ("credits", "daily_limit", "used_today", "generation_time")
    assert [changed[name] for name in figures] == [7, 9, 4, 3]
    again = control.put(f"/worlds/{token_of('low').replace('|', '%7C')}", json={}).json()
    assert [again[name] for name in figures] == [LOW, 50, 0, None]


def test_a_lock_is_set_and_expires(control: httpx.Client) -> None:
    token = "a-lock-is-set"
    frozen = control.post(f"/worlds/{token}/clock", json={"freeze": True}).json()
    assert frozen["mode"] == "frozen"
    until = datetime.fromisoformat(frozen["now"]) + timedelta(seconds=4)
    changed = world(control, token, "PATCH", lock={"until": until.isoformat()})
    assert datetime.fromisoformat(changed["lock"]["until"]) == until
    before = control.post(f"/worlds/{token}/clock", json={"advance_to": "lock-expiry", "offset_ms": -1}).json()
    assert datetime.fromisoformat(before["now"]) == until - timedelta(milliseconds=1)
    assert world(control, token)["lock"] is not None
    control.post(f"/worlds/{token}/clock", json={"advance": 0.001})
    assert world(control, token)["lock"] is None


def test_a_new_day_resets_the_daily_limit(control: httpx.Client) -> None:
    token = "new-day"
    world(control, token, "PATCH", used_today=50)
    assert control.post(f"/worlds/{token}/clock", json={"freeze": True, "advance_to": "day-reset"}).status_code == 200
    assert world(control, token)["used_today"] == 0


@pytest.mark.parametrize("edge", ["lock-expiry", "generation-end", "the-end-of-the-world"])
def test_advancing_to_an_event_that_is_not_due_conflicts(control: httpx.Client, edge: str) -> None:
    assert control.post("/worlds/no-edge/clock", json={"advance_to": edge}).status_code == 409


def test_a_clock_is_set(control: httpx.Client) -> None:
    moment = datetime(2031, 5, 1, 12, tzinfo=UTC)
    now = control.post("/worlds/a-clock-is-set/clock", json={"freeze": True, "set": moment.isoformat()}).json()["now"]
    assert datetime.fromisoformat(now) == moment
    assert control.post("/worlds/a-clock-is-set/clock", json={"freeze": False}).json()["mode"] == "real"


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"credits": "many"}', b'{"lock": {"until": "noon"}}'])
def test_an_invalid_body_is_refused(control: httpx.Client, body: bytes) -> None:
    assert control.patch("/worlds/invalid-body", content=body).status_code == 422


def test_other_paths_are_not_found(control: httpx.Client) -> None:
    assert control.get("/journal").status_code == 404

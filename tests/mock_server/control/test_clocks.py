"""The clocks of worlds, moved through the control API."""

from typing import Any

import pytest

from mock_server.domain.clock import from_iso, to_iso
from support.clocks import SteppedClock
from support.control import begin, control_call, control_json
from support.mock import PREFIX, Mock, Start, behaviour, settings

CLOCK = "/worlds/demo/clock"
START = "2026-02-26T10:00:00.000Z"


def now(mock: Mock, token: str = "demo") -> str:
    return str(control_json(mock, "GET", f"/worlds/{token}/clock")["now"])


def test_a_clock_shows_the_time_of_the_server_until_it_is_moved(mock: Mock) -> None:
    assert control_json(mock, "GET", CLOCK) == {"mode": "real", "now": START}
    mock.generate("customer")
    assert now(mock) == "2026-02-26T10:00:01.500Z"


def test_a_frozen_clock_stops_and_others_run(mock: Mock) -> None:
    assert control_json(mock, "POST", CLOCK, {"freeze": True}) == {"mode": "frozen", "now": START}
    mock.generate("customer")
    assert now(mock) == START
    assert now(mock, "customer") == "2026-02-26T10:00:01.500Z"


def test_a_clock_continues_from_its_frozen_time(mock: Mock) -> None:
    control_json(mock, "POST", CLOCK, {"freeze": True})
    mock.generate("customer")
    assert control_json(mock, "POST", CLOCK, {"freeze": False}) == {"mode": "real", "now": START}
    mock.generate("customer")
    assert now(mock) == "2026-02-26T10:00:01.500Z"


def test_running_and_frozen_clocks_are_advanced(mock: Mock) -> None:
    assert control_json(mock, "POST", CLOCK, {"advance": 2.25}) == {"mode": "real", "now": "2026-02-26T10:00:02.250Z"}
    control_json(mock, "POST", CLOCK, {"freeze": True})
    assert control_json(mock, "POST", CLOCK, {"advance": 1}) == {"mode": "frozen", "now": "2026-02-26T10:00:03.250Z"}


def test_a_clock_is_set_forwards_and_backwards(mock: Mock) -> None:
    assert control_json(mock, "POST", CLOCK, {"set": "2030-01-01T01:00:00+01:00"})["now"] == "2030-01-01T00:00:00.000Z"
    assert control_json(mock, "POST", CLOCK, {"set": "1999-12-31T23:59:59.999Z"})["now"] == "1999-12-31T23:59:59.999Z"


def test_setting_a_clock_back_undoes_nothing(mock: Mock) -> None:
    mock.generate()
    control_json(mock, "POST", CLOCK, {"set": "2020-01-01T00:00:00Z"})
    assert (mock.world()["credits"], mock.world()["images"]) == (99, 1)


@pytest.mark.parametrize(
    ("command", "instant"),
    [
        ({"freeze": True, "set": "2026-03-01T00:00:00Z"}, "2026-03-01T00:00:00.000Z"),
        ({"freeze": True, "advance": 60}, "2026-02-26T10:01:00.000Z"),
        ({"freeze": True, "advance_to": "day-reset", "offset_ms": -1}, "2026-02-26T23:59:59.999Z"),
    ],
)
def test_one_call_freezes_and_moves(mock: Mock, command: dict[str, Any], instant: str) -> None:
    assert control_json(mock, "POST", CLOCK, command) == {"mode": "frozen", "now": instant}


def test_a_lock_is_held_until_its_last_millisecond(mock: Mock) -> None:
    control_json(mock, "POST", CLOCK, {"freeze": True})
    control_json(mock, "PATCH", "/worlds/demo", {"lock": {"until": "2026-02-26T10:00:10Z"}})
    control_json(mock, "POST", CLOCK, {"advance_to": "lock-expiry", "offset_ms": -1})
    assert mock.call("GET", f"{PREFIX}/check-availability").status_code == 409
    assert control_json(mock, "POST", CLOCK, {"advance_to": "lock-expiry"})["now"] == "2026-02-26T10:00:10.000Z"
    assert mock.call("GET", f"{PREFIX}/check-availability").status_code == 200


def test_an_advance_to_its_end_returns_after_a_generation_is_answered(mock: Mock) -> None:
    control_json(mock, "POST", CLOCK, {"freeze": True})
    task = begin(mock)
    control_json(mock, "POST", CLOCK, {"advance_to": "generation-end", "offset_ms": -1})
    assert not task.done()
    control_json(mock, "POST", CLOCK, {"advance_to": "generation-end"})
    assert task.done()
    assert task.result().status_code == 200
    assert (mock.world()["images"], mock.world()["lock"]) == (1, None)


def test_due_events_happen_in_order(mock: Mock) -> None:
    control_json(mock, "POST", "/worlds/demo-slow/clock", {"freeze": True})
    slow = begin(mock, "demo-slow")
    control_json(mock, "POST", "/worlds/demo-slow/clock", {"advance": 11})
    control_json(mock, "PATCH", "/worlds/demo-slow", {"generation_time": 0.5})
    quick = begin(mock, "demo-slow")
    control_json(mock, "POST", "/worlds/demo-slow/clock", {"advance": 3600})
    assert slow.done()
    assert quick.done()
    images = mock.call("GET", f"{PREFIX}/recent-images", "demo-slow").json()
    assert [each["id"] for each in images] == [
        slow.result().json()["images"][0]["id"],
        quick.result().json()["images"][0]["id"],
    ]
    assert [each["created_at"] for each in images] == ["2026-02-26T10:00:12Z", "2026-02-26T10:00:11Z"]


def test_the_day_changes_when_its_reset_is_reached(mock: Mock) -> None:
    control_json(
        mock, "POST", "/worlds/demo-limited/clock", {"freeze": True, "advance_to": "day-reset", "offset_ms": -1}
    )
    assert mock.generate("demo-limited").status_code == 429
    control_json(mock, "POST", "/worlds/demo-limited/clock", {"freeze": False, "advance_to": "day-reset"})
    assert mock.generate("demo-limited").status_code == 200


@pytest.mark.parametrize(
    ("edge", "token", "message"),
    [
        ("lock-expiry", "demo", "There is no lock-expiry: the lock is free."),
        ("lock-expiry", "demo-busy", "There is no lock-expiry: the lock is held forever."),
        ("generation-end", "demo", "There is no generation-end: no generation is running."),
    ],
)
def test_a_missing_edge_is_409_and_changes_nothing(mock: Mock, edge: str, token: str, message: str) -> None:
    reply = control_call(mock, "POST", f"/worlds/{token}/clock", json={"freeze": True, "advance_to": edge})
    assert (reply.status_code, reply.json()) == (409, {"message": message})
    assert control_json(mock, "GET", f"/worlds/{token}/clock") == {"mode": "real", "now": START}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "Missing field: freeze, set, advance or advance_to."),
        (b"{}", "Missing field: freeze, set, advance or advance_to."),
        (b'{"advance": 1, "set": "2030-01-01T00:00:00Z"}', "Use one of set, advance and advance_to"),
        (b'{"freeze": true, "offset_ms": 5}', "offset_ms requires advance_to"),
        (b'{"advance": 1, "offset_ms": 0}', "offset_ms requires advance_to"),
        (b'{"freeze": true, "set": "tomorrow"}', "Invalid time: "),
        (b'{"freeze": true, "set": "2030-01-01"}', "a time zone is missing"),
        (b'{"freeze": true, "set": "0001-01-01T00:00:00+23:59"}', "it is before 1970 or after 8999"),
        (b'{"freeze": true, "set": "9999-12-31T23:59:59-23:59"}', "it is before 1970 or after 8999"),
        (b'{"freeze": true, "set": null}', "set takes a text, not null"),
        (b'{"advance": -1}', "advance takes a number from 0"),
        (b'{"advance": 1e300}', "advance takes a number from 0 to 316224000"),
        (b'{"advance": Infinity}', "malformed"),
        (b'{"freeze": 1}', "freeze takes true or false, not 1"),
        (b'{"advance_to": "noon"}', "advance_to takes one of lock-expiry, generation-end, day-reset, rate-reset"),
        (
            b'{"advance_to": "day-reset", "offset_ms": 86400001}',
            "offset_ms takes an integer from -86400000 to 86400000",
        ),
        (b'{"hold": true}', "hold: unknown key; known: freeze, set"),
    ],
)
def test_an_invalid_command_changes_nothing(mock: Mock, body: bytes, message: str) -> None:
    reply = control_call(mock, "POST", CLOCK, content=body)
    assert reply.status_code == 422
    assert message in reply.json()["message"]
    assert control_json(mock, "GET", CLOCK) == {"mode": "real", "now": START}


def test_a_clock_is_not_moved_out_of_range(mock: Mock) -> None:
    control_json(mock, "POST", CLOCK, {"freeze": True, "set": "8999-12-31T23:59:59Z"})
    assert control_call(mock, "POST", CLOCK, json={"advance": 316_224_000}).status_code == 422
    assert now(mock) == "8999-12-31T23:59:59.000Z"
    begin(mock)
    assert mock.world()["lock"] == {"until": "9000-01-01T00:00:09.000Z"}


def test_a_shared_clock_is_shown_in_each_world(start: Start) -> None:
    mock = start(settings(behaves=behaviour(lock_scope="global")))
    control_json(mock, "POST", CLOCK, {"freeze": True, "advance": 5})
    shared = {"mode": "frozen", "now": "2026-02-26T10:00:05.000Z"}
    assert control_json(mock, "GET", "/worlds/another/clock") == shared
    assert mock.world("another")["clock"] == shared


def test_a_running_clock_advances_with_the_server(start: Start) -> None:
    clock = SteppedClock()
    mock = start(clock=clock)
    control_json(mock, "POST", CLOCK, {"advance": 100})
    mock.run(lambda: clock.advance(20))
    assert from_iso(now(mock)) == from_iso(START) + 120_000_000
    assert to_iso(clock.now(), "milliseconds") == now(mock, "customer")

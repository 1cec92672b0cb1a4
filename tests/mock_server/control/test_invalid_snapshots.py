"""Snapshots that are invalid: each is refused, and changes nothing."""

import base64
import copy
from typing import Any

import pytest

from support.control import begin, control_call, control_json
from support.mock import DALL_E, LAMP, Mock


@pytest.fixture
def valid(mock: Mock) -> dict[str, Any]:
    """A snapshot with some state of each kind."""
    control_json(mock, "PUT", "/worlds/demo/faults", [{"fault": "delay", "seconds": 1, "operation": "versions"}])
    mock.upload("demo")
    control_json(mock, "POST", "/worlds/demo/clock", {"freeze": True})
    begin(mock, json=DALL_E)
    mock.generate("demo")
    snapshot: dict[str, Any] = control_json(mock, "GET", "/snapshot")
    return snapshot


HUGE = 10**30
INVALID: list[tuple[tuple[Any, ...], Any]] = [
    (("version",), 2),
    (("taken_at",), -1),
    (("taken_at",), HUGE),
    (("sources",), {"key": "no base64!"}),
    (("sources",), {"key": "é"}),
    (("worlds", 0, "name"), "../demo"),
    (("worlds", 0, "name"), "0123456789ABCDEF"),
    (("worlds", 0, "credits"), -1),
    (("worlds", 0, "first_id"), HUGE),
    (("worlds", 0, "made"), 2**63),
    (("worlds", 0, "day"), HUGE),
    (("worlds", 0, "generation_seconds"), 1e9),
    (("worlds", 0, "clock"), {"ahead": HUGE}),
    (("worlds", 0, "clock", "stopped"), HUGE),
    (("worlds", 0, "clock", "stopped"), -HUGE),
    (("worlds", 0, "lock"), {"holder": "x", "until": HUGE}),
    (("worlds", 0, "lock"), {"holder": "x", "until": None, "freed": -5}),
    (("worlds", 0, "running", 0, "order", "count"), 10**12),
    (("worlds", 0, "running", 0, "order", "count"), 0),
    (("worlds", 0, "running", 0, "order", "width"), 10**9),
    (("worlds", 0, "running", 0, "credits"), -1),
    (("worlds", 0, "running", 0, "ends"), HUGE),
    (("worlds", 0, "images", 0, "height"), 10**9),
    (("worlds", 0, "images", 0, "width"), 0),
    (("worlds", 0, "images", 0, "created_at"), HUGE),
    (("worlds", 0, "images", 0, "ready"), -1),
    (("worlds", 0, "images", 0, "id"), 2**70),
    (("worlds", 0, "faults", 0, "fault"), "nothing"),
    (("worlds", 0, "faults", 0, "parameters"), {"seconds": -1}),
    (("worlds", 0, "faults", 0, "probability"), 2),
    (("worlds", 0, "faults", 0, "times"), -1),
    (("worlds", 0, "faults"), [{"fault": "drop", "operations": []}] * 101),
    (("journal", 0, "world"), "unnamed"),
    (("journal", 0, "entries", 0, "world"), "0123456789abcdef"),
    (("journal", 0, "entries", 0, "at"), HUGE),
    (("journal", 0, "entries", 0, "received"), -HUGE),
    (("journal", 0, "entries", 0, "ends_at"), HUGE),
    (("journal", 0, "entries", 0, "status"), 10**40),
    (("journal", 0, "entries", 1, "state"), {"lock": {"until": "soon"}}),
    (("journal", 0, "entries", 1, "state"), {"lock": {"until": HUGE}}),
    (("journal", 0, "counts"), [["generateImage", 200, None, 10**40]]),
]


def replaced(snapshot: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(snapshot)
    node: Any = changed
    for step in place[:-1]:
        node = node[step]
    assert place[-1] in node or isinstance(node, dict)
    node[place[-1]] = value
    return changed


@pytest.mark.parametrize(("place", "value"), INVALID, ids=lambda each: str(each)[:60])
def test_an_invalid_snapshot_changes_nothing(
    mock: Mock, valid: dict[str, Any], place: tuple[Any, ...], value: Any
) -> None:
    before = control_json(mock, "GET", "/snapshot")
    reply = control_call(mock, "PUT", "/snapshot", json=replaced(valid, place, value))
    assert reply.status_code == 422
    assert reply.json()["message"].startswith(("Invalid snapshot: ", "Invalid body: "))
    assert control_json(mock, "GET", "/snapshot") == before


def test_the_valid_snapshot_is_accepted(mock: Mock, valid: dict[str, Any]) -> None:
    assert control_json(mock, "PUT", "/snapshot", valid)["worlds"] == 1
    assert control_json(mock, "GET", "/snapshot") == valid
    assert base64.b64decode(*valid["sources"].values()) == LAMP.read_bytes()

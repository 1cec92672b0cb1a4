"""Faults, set and deleted through the control API."""

from typing import Any

import pytest

from mock_server.faults.registry import FAULTS as FAULT_KINDS
from support.control import control_call, control_json
from support.mock import PREFIX, Mock

FAULTS = "/worlds/demo/faults"


def versions(mock: Mock, token: str = "demo") -> int:
    return mock.call("GET", f"{PREFIX}/versions", token).status_code


def test_there_are_no_faults_at_first(mock: Mock) -> None:
    assert control_json(mock, "GET", FAULTS) == []


def test_a_fault_applies_as_often_as_configured(mock: Mock) -> None:
    control_json(mock, "PUT", FAULTS, [{"fault": "proxy-error", "code": 503, "after": 1, "times": 2}])
    assert [versions(mock) for _ in range(5)] == [200, 503, 503, 200, 200]


def test_a_fault_is_shown_with_its_counters(mock: Mock) -> None:
    control_json(mock, "PUT", FAULTS, [{"fault": "proxy-error", "operation": "versions", "times": 1}])
    versions(mock)
    versions(mock)
    assert control_json(mock, "GET", FAULTS) == [
        {
            "id": 1,
            "fault": "proxy-error",
            "operation": "getVersions",
            "times": 1,
            "after": 0,
            "probability": 1,
            "seen": 2,
            "applied": 1,
        }
    ]
    assert mock.world()["faults"] == 1


def test_a_fault_affects_its_own_world_only(mock: Mock) -> None:
    control_json(mock, "PUT", FAULTS, [{"fault": "proxy-error"}])
    assert (versions(mock), versions(mock, "another")) == (502, 200)


def test_a_put_replaces_all_faults(mock: Mock) -> None:
    control_json(mock, "PUT", FAULTS, [{"fault": "proxy-error"}, {"fault": "delay", "seconds": 1}])
    shown = control_json(mock, "PUT", FAULTS, [{"fault": "delay", "seconds": 2}])
    assert [(each["fault"], each["seconds"]) for each in shown] == [("delay", 2)]
    assert control_json(mock, "PUT", FAULTS, []) == []
    assert versions(mock) == 200


def test_delete_removes_all_faults(mock: Mock) -> None:
    control_json(mock, "PUT", FAULTS, [{"fault": "proxy-error"}])
    assert control_json(mock, "DELETE", FAULTS) == []
    assert versions(mock) == 200


def test_faults_survive_a_change_of_the_world_but_not_a_reset(mock: Mock) -> None:
    control_json(mock, "PUT", FAULTS, [{"fault": "proxy-error"}])
    assert control_json(mock, "PATCH", "/worlds/demo", {"credits": 1})["faults"] == 1
    assert control_json(mock, "PUT", "/worlds/demo")["faults"] == 0


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        (None, "the body takes a list"),
        ({"fault": "drop"}, "the body takes a list"),
        (["drop"], "entry 1 takes an object, not"),
        ([{}], "Invalid fault: fault 0: fault is missing; it takes the name of a fault."),
        ([{"fault": 5}], "Invalid fault: fault 0: fault takes the name of a fault, not 5."),
        ([{"fault": "drop"}, {"fault": "drpo"}], "Invalid fault: fault 1: "),
        ([{"fault": "drop", "colour": "red"}], "Invalid fault: fault 0: "),
        ([{"fault": "drop", "seen": 3}], "Invalid fault: fault 0: "),
        ([{"fault": "drop", "operation": "nothing"}], "Invalid fault: fault 0: unknown operation 'nothing'"),
        ([{"fault": "drop", "operation": 5}], "fault 0: operation takes the id of an operation, not 5."),
        ([{"fault": "drop", "probability": 1.5}], "fault 0: probability takes a number from 0 to 1, not 1.5."),
        ([{"fault": "drop", "times": -1}], "fault 0: times takes an integer from 0 to 2147483648, not -1."),
        ([{"fault": "drop", "after": None}], "fault 0: after takes an integer from 0 to 2147483648, not None."),
        ([{"fault": "drop", "times": 2**40}], "Invalid fault: fault 0: "),
        ([{"fault": "status", "code": 418, "operation": "getVersions"}], "Invalid fault: fault 0: "),
        ([{"fault": "delay"}], "Invalid fault: fault 0: "),
        ([{"fault": "delay", "seconds": 1e9}], "Invalid fault: fault 0: "),
        ([{"fault": "picture-missing", "operation": "getVersions"}], "Invalid fault: fault 0: "),
        ([{"fault": "drop"}] * 101, "101 faults are too many"),
    ],
)
def test_invalid_faults_change_nothing(mock: Mock, faults: Any, message: str) -> None:
    control_json(mock, "PUT", FAULTS, [{"fault": "proxy-error"}])
    before = control_json(mock, "GET", FAULTS)
    reply = control_call(mock, "PUT", FAULTS, json=faults)
    assert reply.status_code == 422
    assert message in reply.json()["message"]
    assert control_json(mock, "GET", FAULTS) == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_invalid_token_has_no_faults(mock: Mock, method: str) -> None:
    assert control_call(mock, method, "/worlds/demo-invalid/faults").status_code == 404


def test_delete_by_name_keeps_other_faults(mock: Mock) -> None:
    control_json(mock, "PUT", FAULTS, [{"fault": "delay", "seconds": 0}, {"fault": "proxy-error", "times": 9}])
    versions(mock)
    (left,) = control_json(mock, "DELETE", f"{FAULTS}?fault=delay")
    assert (left["fault"], left["applied"]) == ("proxy-error", 1)


@pytest.mark.parametrize("query", ["fault=nonsense", "fault=", "fault=drop&fault=reset", "name=drop"])
def test_an_invalid_delete_removes_nothing(mock: Mock, query: str) -> None:
    control_json(mock, "PUT", FAULTS, [{"fault": "drop"}])
    assert control_call(mock, "DELETE", f"{FAULTS}?{query}").status_code == 422
    assert mock.world()["faults"] == 1


def test_every_kind_of_fault_is_listed_with_its_parameters(mock: Mock) -> None:
    kinds = {each["fault"]: each for each in control_json(mock, "GET", "/faults")["faults"]}
    assert list(kinds) == list(FAULT_KINDS)
    for name, kind in kinds.items():
        assert kind["description"].endswith(".")
        assert {each["name"] for each in kind["parameters"]} == set(FAULT_KINDS[name].__struct_fields__)
    assert kinds["picture-slow"]["operations"] == ["getPicture"]
    assert "getPicture" in kinds["drop"]["operations"]


@pytest.mark.parametrize(
    ("fault", "name", "expected"),
    [
        ("status", "code", {"numeric": True, "values": None, "required": True, "default": None}),
        ("delay", "median", {"numeric": True, "values": None, "required": False, "default": None}),
        ("proxy-error", "code", {"numeric": True, "values": [502, 503, 504], "required": False, "default": 502}),
        ("stuck-lock", "until", {"numeric": False, "values": ["expiry", "forever"], "default": "expiry"}),
        ("upstream-failure", "message", {"numeric": False, "values": None, "required": False}),
        ("truncated-body", "bytes", {"numeric": True, "values": None, "required": False, "default": None}),
    ],
)
def test_a_parameter_is_listed_with_its_valid_values(
    mock: Mock, fault: str, name: str, expected: dict[str, Any]
) -> None:
    (kind,) = (each for each in control_json(mock, "GET", "/faults")["faults"] if each["fault"] == fault)
    (parameter,) = (each for each in kind["parameters"] if each["name"] == name)
    assert parameter == {**parameter, **expected}
    assert parameter["takes"]


def test_one_of_two_equal_faults_is_switched_off_by_its_id(mock: Mock) -> None:
    control_json(mock, "PUT", FAULTS, [{"fault": "drop"}, {"fault": "drop"}])
    control_json(mock, "POST", FAULTS, [{"fault": "drop"}])
    left = control_json(mock, "DELETE", f"{FAULTS}?id=2")
    assert [each["id"] for each in left] == [1, 3]
    assert control_json(mock, "DELETE", f"{FAULTS}?id=7") == left
    refused = control_call(mock, "DELETE", f"{FAULTS}?id=first")
    assert (refused.status_code, "id takes the id of an active fault" in refused.json()["message"]) == (422, True)

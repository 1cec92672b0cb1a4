"""Scenarios, listed and played."""

from typing import Any

import pytest

from mock_server import resources
from mock_server.configuration import ready_made_scenarios
from mock_server.contract import read_yaml
from support.control import control_call, control_json
from support.mock import PREFIX, Mock

SCENARIO = "/worlds/demo/scenario"
NAMES = ready_made_scenarios()


def test_the_ready_made_scenarios_are_listed_with_descriptions(mock: Mock) -> None:
    listed = control_json(mock, "GET", "/scenarios")["scenarios"]
    assert [each["name"] for each in listed] == NAMES
    assert len({each["title"] for each in listed}) == len(NAMES)
    assert all(len(each["description"]) > 40 for each in listed)


@pytest.mark.parametrize("name", NAMES)
def test_a_ready_made_scenario_puts_a_world_into_its_state(mock: Mock, name: str) -> None:
    mock.generate()
    data = read_yaml(resources.SCENARIOS / f"{name}.yaml")
    world = control_json(mock, "PUT", SCENARIO, {"name": name})
    assert world == mock.world()
    assert world["credits"] == data.get("credits", 100)
    past = data.get("history", {"images": 0})["images"]
    assert data.get("used_today", 0) <= world["used_today"] <= max(data.get("used_today", 0), past)
    assert world["generation_time"] == data.get("generation_time")
    assert world["images"] == past
    shown = control_json(mock, "GET", "/worlds/demo/faults")
    assert [each["fault"] for each in shown] == [each["fault"] for each in data.get("faults", [])]
    if "clock" in data:
        assert world["clock"] == {"mode": "frozen", "now": data["clock"].replace("Z", ".000Z")}


@pytest.mark.parametrize("name", NAMES)
def test_a_ready_made_scenario_equals_its_file(mock: Mock, name: str) -> None:
    data = read_yaml(resources.SCENARIOS / f"{name}.yaml")
    control_json(mock, "PUT", SCENARIO, {"name": name})
    named = control_json(mock, "GET", "/snapshot")["worlds"]
    control_json(mock, "PUT", SCENARIO, data)
    assert control_json(mock, "GET", "/snapshot")["worlds"] == named


def test_two_credits_are_left(mock: Mock) -> None:
    control_json(mock, "PUT", SCENARIO, {"name": "last-credits"})
    counts = (3, 2, 1)
    assert [mock.generate(image_number_of_images=count).status_code for count in counts] == [419, 200, 419]


def test_one_image_is_left_before_midnight(mock: Mock) -> None:
    control_json(mock, "PUT", SCENARIO, {"name": "before-midnight"})
    control_json(mock, "PATCH", "/worlds/demo", {"generation_time": 0})
    assert [mock.generate().status_code for _ in range(2)] == [200, 429]
    control_json(mock, "POST", "/worlds/demo/clock", {"advance_to": "day-reset"})
    assert mock.generate().status_code == 200


def test_a_proxy_fails_twice(mock: Mock) -> None:
    control_json(mock, "PUT", SCENARIO, {"name": "flaky-proxy"})
    assert [mock.generate().status_code for _ in range(3)] == [502, 502, 200]


def test_the_first_lock_is_stuck(mock: Mock) -> None:
    control_json(mock, "PUT", SCENARIO, {"name": "stuck-lock"})
    assert [mock.generate().status_code for _ in range(2)] == [200, 409]
    control_json(mock, "POST", "/worlds/demo/clock", {"advance_to": "lock-expiry"})
    assert [mock.generate().status_code for _ in range(2)] == [200, 200]


def test_the_engine_fails_and_nothing_is_charged(mock: Mock) -> None:
    control_json(mock, "PUT", SCENARIO, {"name": "upstream-down"})
    assert mock.generate().json()["status"] == "error"
    assert mock.world()["credits"] == 100


def test_the_answer_is_lost_and_the_images_are_made(mock: Mock) -> None:
    control_json(mock, "PUT", SCENARIO, {"name": "lost-response"})
    mock.generate()
    assert control_json(mock, "GET", "/requests")["requests"][0]["status"] is None
    assert len(mock.call("GET", f"{PREFIX}/recent-images").json()) == 1


def test_a_scenario_changes_a_listed_account(mock: Mock) -> None:
    world = control_json(mock, "PUT", "/worlds/demo-slow/scenario", {"name": "last-credits"})
    assert (world["credits"], world["generation_time"]) == (2, 12)


def test_an_empty_scenario_resets_the_world(mock: Mock) -> None:
    mock.generate()
    assert control_json(mock, "PUT", SCENARIO, {})["credits"] == 100
    assert control_json(mock, "GET", "/requests")["total"] == 0


def test_a_scenario_lasts_until_the_world_is_reset(mock: Mock) -> None:
    control_json(mock, "PUT", SCENARIO, {"name": "slow-generations"})
    assert control_json(mock, "PATCH", "/worlds/demo", {"credits": 1})["generation_time"] == 12
    assert control_json(mock, "PUT", "/worlds/demo")["generation_time"] is None


@pytest.mark.parametrize("until", ["forever", "2026-02-26T10:00:05.000Z"])
def test_a_custom_scenario_can_hold_the_lock(mock: Mock, until: str) -> None:
    assert control_json(mock, "PUT", SCENARIO, {"lock": until})["lock"] == {"until": until}


@pytest.mark.parametrize("lock", ["none", None])
def test_a_scenario_can_free_the_lock_of_a_listed_account(mock: Mock, lock: str | None) -> None:
    path = "/worlds/demo-busy/scenario"
    assert control_json(mock, "PUT", path, {"credits": 1})["lock"] == {"until": "forever"}
    assert control_json(mock, "PUT", path, {"lock": lock})["lock"] is None


def test_a_file_of_the_same_name_is_not_used(mock: Mock, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "last-credits").write_text("credits: 77")
    monkeypatch.chdir(tmp_path)
    assert control_json(mock, "PUT", SCENARIO, {"name": "last-credits"})["credits"] == 2


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        ({"name": "nothing"}, "name takes one of bad-network, before-midnight, "),
        ({"name": "../accounts"}, "name takes one of"),
        ({"name": ["last-credits"]}, "name takes one of"),
        ({"name": "last-credits", "credits": 1}, "without other fields"),
        ({"name": None}, "Invalid scenario: "),
        ({"credits": -1}, "Invalid scenario: "),
        ({"credits": 2**60}, "Invalid scenario: "),
        ({"colour": "red"}, "colour: unknown key; known: credits"),
        ({"clock": "noon"}, "Invalid scenario: "),
        ({"clock": "9999-12-31T23:59:59Z"}, "it is before 1970 or after 8999"),
        ({"generation_time": 1e6}, "Invalid scenario: "),
        ({"lock": "sometimes"}, "Invalid scenario: "),
        ({"faults": [{"fault": "nothing"}]}, "fault 0: "),
        ({"faults": {}}, "Invalid scenario: "),
        ({"valid": False}, "valid works only in files"),
        ([], "Invalid body: "),
    ],
)
def test_an_invalid_scenario_changes_nothing(mock: Mock, scenario: Any, message: str) -> None:
    mock.generate()
    before = control_json(mock, "GET", "/snapshot")
    reply = control_call(mock, "PUT", SCENARIO, json=scenario)
    assert reply.status_code == 422
    assert message in reply.json()["message"]
    assert control_json(mock, "GET", "/snapshot") == before


def test_an_invalid_token_cannot_start_a_scenario(mock: Mock) -> None:
    assert control_call(mock, "PUT", "/worlds/demo-invalid/scenario", json={}).status_code == 404

"""The rules as data, and the values that their settings take."""

import copy
from typing import Any

import pytest
from msgspec.structs import fields

from mock_server import resources
from mock_server.contract import ContractError, Setting, compile_rules, read_yaml
from mock_server.domain.behaviour import Behaviour

REAL = compile_rules(read_yaml(resources.RULES))

DATA: dict[str, Any] = {
    "rules": [
        {
            "id": "LOCK",
            "source": "inferred",
            "title": "A lock",
            "statement": "There is a lock.",
            "operations": ["generate", "check"],
            "settings": [{"name": "lock_seconds", "default": 10, "takes": "number > 0"}],
        },
        {"id": "COST", "source": "doc", "title": "A cost", "statement": "It costs.", "operations": ["generate"]},
    ],
    "limits": [{"name": "max_images", "default": 4, "takes": "integer > 0", "statement": "the most"}],
}


def changed(*path: str | int, value: Any) -> dict[str, Any]:
    data = copy.deepcopy(DATA)
    node: Any = data
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return data


def setting(takes: str) -> Setting:
    return Setting("any", ["a", "b"], takes, "assumed", None, engines=("aurora", "dall-e"))


def test_a_setting_about_engines_names_those_of_the_document() -> None:
    data = changed("rules", 0, "settings", value=[{"name": "absent", "default": [], "takes": "list of engines"}])
    absent = compile_rules(data, ["aurora", "dall-e"]).settings["absent"]
    assert (absent.takes, absent.valid) == ("list of engines", "list of engines (aurora, dall-e)")
    assert absent.accepts(["aurora"])
    assert compile_rules(DATA, ["aurora"]).settings["lock_seconds"].valid == "number > 0"


READINGS = [{"value": 10, "belief": "it lives 10 seconds"}, {"value": 20, "belief": "it lives 20 seconds"}]


def test_a_setting_has_the_readings_under_which_clients_are_proved() -> None:
    data = changed("rules", 0, "settings", 0, "readings", value=READINGS)
    found = compile_rules(data).settings["lock_seconds"].readings
    assert [(each.value, each.belief) for each in found] == [(10, "it lives 10 seconds"), (20, "it lives 20 seconds")]


@pytest.mark.parametrize(
    ("source", "readings", "message"),
    [
        ("doc", READINGS, "lock_seconds: another reading would contradict the documentation"),
        ("inferred", READINGS[1:], "lock_seconds: its default is not among its readings"),
        ("inferred", [*READINGS, {"value": 0, "belief": "it"}], "lock_seconds: the reading 0 is not 'number > 0'"),
    ],
)
def test_a_reading_that_clients_cannot_meet_is_refused(source: str, readings: object, message: str) -> None:
    data = changed("rules", 0, "settings", 0, "readings", value=readings)
    data["rules"][0]["source"] = source
    with pytest.raises(ContractError, match=f"^{message}$"):
        compile_rules(data)


def test_a_rule_is_found_by_its_id() -> None:
    rule = compile_rules(DATA).by_id["LOCK"]
    assert (rule.id, rule.source, rule.title, rule.statement) == ("LOCK", "inferred", "A lock", "There is a lock.")
    assert rule.operations == ("generate", "check")


def test_the_rules_keep_their_order() -> None:
    assert list(compile_rules(DATA).by_id) == ["LOCK", "COST"]


def test_a_setting_has_the_source_of_its_rule() -> None:
    found = compile_rules(DATA).settings["lock_seconds"]
    assert found == Setting("lock_seconds", 10, "number > 0", "inferred", "LOCK")


def test_a_limit_is_an_assumed_setting_without_a_rule() -> None:
    assert compile_rules(DATA).settings["max_images"] == Setting(
        "max_images", 4, "integer > 0", "assumed", None, "the most"
    )


def test_a_duplicate_rule_is_refused() -> None:
    with pytest.raises(ContractError, match=r"^duplicate rule id or setting name"):
        compile_rules(changed("rules", 1, "id", value="LOCK"))


def test_a_duplicate_setting_is_refused() -> None:
    with pytest.raises(ContractError, match=r"^duplicate rule id or setting name"):
        compile_rules(changed("limits", 0, "name", value="lock_seconds"))


def test_an_unknown_source_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ContractError, match=r"^COST: source 'hearsay' is not one of doc, platform, inferred, assumed$"):
        compile_rules(changed("rules", 1, "source", value="hearsay"))


def test_a_default_that_its_setting_does_not_take_is_refused() -> None:
    with pytest.raises(ContractError, match=r"^max_images: default 0 is not 'integer > 0'$"):
        compile_rules(changed("limits", 0, "default", value=0))


def test_an_unknown_kind_of_value_is_refused() -> None:
    with pytest.raises(ContractError, match=r"^max_images: takes 'a handful' is not one of integer > 0, "):
        compile_rules(changed("limits", 0, "takes", value="a handful"))


@pytest.mark.parametrize(
    ("takes", "value"),
    [
        ("integer > 0", 1),
        ("integer > 0", 2**40),
        ("integer >= 0", 0),
        ("number > 0", 0.001),
        ("number > 0", 3),
        ("one of all, any", "all"),
        ("one of all, any", "any"),
        ("one of 422, 400", 400),
        ("permutation of a, b", ["b", "a"]),
        ("time of day", "00:00"),
        ("time of day", "23:59"),
        ("URL or empty", ""),
        ("WIDTHxHEIGHT", "640x480"),
        ("URL or empty", "https://pictures.example:8443/bucket"),
        ("object of strings", {}),
        ("object of strings", {"dall-e": "dalle3"}),
        ("list of engines", []),
        ("list of engines", ["aurora", "dall-e"]),
        ("seconds by engine", {}),
        ("seconds by engine", {"aurora": 0, "dall-e": 1.5}),
        ("seconds by engine", {"aurora": 86_400}),
    ],
)
def test_a_setting_takes_a_valid_value(takes: str, value: Any) -> None:
    assert setting(takes).accepts(value)


@pytest.mark.parametrize(
    ("takes", "value"),
    [
        ("integer > 0", 0),
        ("integer > 0", True),
        ("integer > 0", 1.0),
        ("integer > 0", "1"),
        ("integer > 0", None),
        ("integer >= 0", -1),
        ("integer >= 0", False),
        ("number > 0", 0),
        ("number > 0", -0.5),
        ("number > 0", float("nan")),
        ("number > 0", True),
        ("number > 0", "10"),
        ("one of all, any", "none"),
        ("one of all, any", "all, any"),
        ("one of all, any", ""),
        ("one of all, any", None),
        ("one of all, any", ["all"]),
        ("one of 422, 400", "400"),
        ("one of 422, 400", 400.0),
        ("permutation of a, b", ["a"]),
        ("permutation of a, b", ["a", "c"]),
        ("permutation of a, b", ["a", "a", "b"]),
        ("permutation of a, b", "a, b"),
        ("WIDTHxHEIGHT", "640"),
        ("WIDTHxHEIGHT", 640),
        ("time of day", "24:00"),
        ("time of day", "7:00"),
        ("time of day", 0),
        ("URL or empty", "pictures.example"),
        ("URL or empty", "https://pictures.example/?a=b"),
        ("URL or empty", "https://pic tures"),
        ("object of strings", {"dall-e": 3}),
        ("object of strings", {3: "dalle3"}),
        ("object of strings", ["dall-e"]),
        ("object of strings", "dall-e"),
        ("list of engines", ["dalle"]),
        ("list of engines", ["aurora", "aurora"]),
        ("list of engines", "aurora"),
        ("seconds by engine", {"dalle": 1}),
        ("seconds by engine", {"aurora": -0.1}),
        ("seconds by engine", {"aurora": 86_401}),
        ("seconds by engine", {"aurora": True}),
        ("seconds by engine", {"aurora": float("nan")}),
        ("seconds by engine", {"aurora": "1"}),
        ("seconds by engine", {1: 1}),
        ("seconds by engine", ["aurora"]),
        ("seconds by engine", 1.5),
    ],
)
def test_a_setting_does_not_take_an_invalid_value(takes: str, value: Any) -> None:
    assert not setting(takes).accepts(value)


def test_the_settings_are_the_fields_of_the_behaviour() -> None:
    assert {each.name for each in fields(Behaviour)} == set(REAL.settings)


def test_the_defaults_are_a_complete_behaviour() -> None:
    behaviour = Behaviour(**{name: each.default for name, each in REAL.settings.items()})
    assert (behaviour.lock_seconds, behaviour.credits_per_image) == (10, 1)
    assert (behaviour.lock_release, behaviour.credit_need, behaviour.daily_unit) == ("completion", "all", "images")
    assert behaviour.versions == {"dall-e": "dalle3", "stable-diffusion": "sd3-large"}


def test_the_documented_settings_are_known() -> None:
    documented = {name for name, each in REAL.settings.items() if each.source == "doc"}
    assert documented == {"versions", "lock_seconds", "credits_per_image"}

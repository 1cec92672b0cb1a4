"""The readings of the documentation."""

from itertools import combinations
from math import prod

import pytest
from msgspec.structs import replace

from mock_server.app import rules
from mock_server.behaviours import make_behaviour
from mock_server.proving.readings import Plan, Space, parse_reading

RULES = rules()
DEFAULT = make_behaviour({}, RULES)
SPACE = Space(RULES, DEFAULT)
PARTAKING = {name: setting for name, setting in RULES.settings.items() if setting.readings}
# Why the other assumptions take no part.
EXCLUDED = {
    "lock_taken": "another value shows only where it contradicts LOCK-CHECK",
    "failing_prompt": "it serves tests",
    "storage_url": "the mock serves no pictures at another address",
}


def chosen(plan: Plan) -> list[dict[str, str]]:
    return [{choice.setting: repr(choice.value) for choice in reading} for reading in plan.readings]


def test_every_assumption_takes_part_and_no_documented_value_does() -> None:
    assumed = {name for name, each in RULES.settings.items() if each.rule and each.source != "doc"}
    assert assumed - EXCLUDED.keys() == {name for name in PARTAKING if RULES.settings[name].rule}
    assert {name for name in PARTAKING if not RULES.settings[name].rule} == {"max_images", "max_text_length"}
    assert not {"credits_per_image", "lock_seconds", "versions"} & PARTAKING.keys()


@pytest.mark.parametrize("name", PARTAKING)
def test_each_value_has_a_belief_of_its_own(name: str) -> None:
    beliefs = [each.belief for each in PARTAKING[name].readings]
    assert len(set(beliefs)) == len(beliefs) >= 2
    assert not any(belief.endswith(".") for belief in beliefs)


@pytest.mark.parametrize("name", [name for name, each in PARTAKING.items() if each.takes.startswith("one of ")])
def test_every_value_of_a_list_takes_part(name: str) -> None:
    values = {str(each.value) for each in PARTAKING[name].readings}
    wanted = set(PARTAKING[name].takes.removeprefix("one of ").split(", "))
    assert values == (wanted if name != "rate_limit" else {"none", "starter"})


def test_each_changes_one_setting_at_a_time() -> None:
    plan = SPACE.plan("each")
    assert all(len(reading) == 1 for reading in plan.readings)
    assert len(set(plan.readings)) == sum(len(each.readings) - 1 for each in PARTAKING.values())
    assert (plan.settings, plan.left_out) == (len(PARTAKING), 0)


def test_pairwise_has_every_pair_of_values_in_few_readings() -> None:
    plan = SPACE.plan("pairwise")
    values = {name: [repr(each.value) for each in setting.readings] for name, setting in PARTAKING.items()}
    rows = [{name: repr(setting.default) for name, setting in PARTAKING.items()} | row for row in chosen(plan)]
    rows.append({name: repr(setting.default) for name, setting in PARTAKING.items()})
    for first, second in combinations(PARTAKING, 2):
        pairs = {(row[first], row[second]) for row in rows}
        assert len(pairs) == len(values[first]) * len(values[second]), (first, second)
    assert len(plan.readings) < 30
    assert frozenset() not in plan.readings
    assert set(plan.closer) == set(SPACE.plan("each").readings)


def test_full_is_bounded_and_says_how_many_are_left_out() -> None:
    plan = SPACE.plan("full", 60)
    total = prod(len(each.readings) for each in PARTAKING.values()) - 1
    assert len(set(plan.readings)) == len(plan.readings) == 60
    assert set(SPACE.plan("pairwise").readings) < set(plan.readings)
    assert plan.left_out == total - len({*plan.readings, *plan.closer})
    assert len(SPACE.plan("full", 5).readings) == 5


def test_a_small_space_is_tried_in_full() -> None:
    space = Space(RULES, DEFAULT, [name for name in PARTAKING if name not in {"lock_scope", "daily_unit"}])
    plan = space.plan("full")
    assert (len(set(plan.readings)), plan.left_out) == (2 * 3 - 1, 0)
    assert frozenset() not in plan.readings


def test_measured_settings_take_no_part() -> None:
    plan = Space(RULES, DEFAULT, ["lock_release"]).plan("pairwise")
    assert not any("lock_release" in row for row in chosen(plan))


def test_a_belief_is_about_the_value_of_the_behaviour() -> None:
    space = Space(RULES, replace(DEFAULT, lock_release="expiry", default_size="64x64"))
    beliefs = {choice.setting: choice.belief for reading in space.plan("each").readings for choice in reading}
    assert beliefs["lock_release"] == "the lock is kept until it expires"
    assert beliefs["default_size"] == "default_size is 64x64"


def test_a_reading_is_parsed() -> None:
    texts = ["lock_scope=global", "invalid_status=400", "queued_engines=[flux-pro]", "daily_reset=18:30"]
    assert parse_reading(texts, RULES) == {
        "lock_scope": "global",
        "invalid_status": 400,
        "queued_engines": ["flux-pro"],
        "daily_reset": "18:30",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lock_scop=global", "unknown setting lock_scop; did you mean lock_scope?"),
        ("lock_scope=everyone", "lock_scope takes one of account, global, not 'everyone'"),
        ("lock_scope", "'lock_scope' is not a setting and its value, as in lock_scope=global"),
        ("lock_scope=[", "lock_scope takes one of account, global, not '['"),
        ("lock_seconds=20", "lock_seconds is documented, and every reading has the documented value"),
    ],
)
def test_a_reading_that_is_none_is_a_sentence(text: str, message: str) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011 (the message is compared)
        parse_reading([text], RULES)
    assert str(raised.value) == message

"""The experiments that make images."""

import pytest

from contract_tests.calibration.paid import _unit
from support.in_process import measured

# Slow enough for calls to be sent while a generation runs or a lock lives, on a busy machine too.
SLOW = 10


@pytest.mark.parametrize(("way", "outcome"), [("modifiers appended", "appended"), ("prompt", "omitted")])
def test_one_image_shows_its_engine_its_input_and_its_output(way: str, outcome: str) -> None:
    found = measured(ways={} if way == "prompt" else {"input": way}, output="slashed")
    found.conduct("generation, dall-e, primary")
    shown = found.shown()
    assert (shown["dall-e offered"], shown["input_modifiers"], shown["output_form"]) == (True, outcome, "slash")
    assert (found.charged, found.conductor.images) == (1, {"primary": 1})


def test_an_engine_that_is_not_offered_costs_nothing() -> None:
    found = measured(engines_not_offered="ideogram")
    found.conduct("generation, ideogram, primary")
    assert (found.shown()["ideogram offered"], found.charged) == (False, 0)


@pytest.mark.parametrize(
    ("way", "outcomes"),
    [
        ("free at once", {"queued_lock": "reply", "lock_release": "completion"}),
        ("held until the picture is ready", {"queued_lock": "picture"}),
    ],
)
def test_a_queued_image_shows_when_its_lock_is_freed(way: str, outcomes: dict[str, str]) -> None:
    ways = {} if way == "free at once" else {"queued_lock": way}
    found = measured(ways=ways, factor=SLOW / 2, queued="flux-pro", generation_time="3 s")
    found.conduct("generation, flux-pro, primary")
    assert found.shown()["flux-pro queued"] is True
    assert {name: found.shown().get(name) for name in ("queued_lock", "lock_release")} == {
        "lock_release": None,
        **outcomes,
    }
    # It did not live as long as a lock does.
    assert found.measurement.evidence.lives == []


def test_the_life_of_a_lock_that_expires_is_bounded() -> None:
    found = measured(factor=SLOW, lock_release="expiry")
    found.conduct("generation, dall-e, primary")
    ((least, most, _),) = found.measurement.evidence.lives
    assert least <= 10 <= most
    assert found.shown()["lock_release"] == "expiry"


def test_calls_meet_a_generation_that_runs() -> None:
    found = measured("secondary", factor=SLOW, generation_time="12 s", cap=4)
    found.conduct("calls of two accounts during a generation, primary")
    shown = found.shown()
    assert (shown["lock_scope"], shown["invalid or locked first"]) == ("account", "invalid")
    assert (shown["locked_status_field"], shown["locked_message_field"]) == ("present", "message")
    assert found.charged <= found.measurement.run.budget.spent <= 4


@pytest.mark.parametrize(("way", "outcome"), [("all", "all"), ("one, down to zero", "any")])
def test_more_images_than_credits_show_the_need(way: str, outcome: str) -> None:
    found = measured("low", ways={} if way == "all" else {"credits_needed": way})
    found.conduct("more images than credits")
    assert found.shown()["credit_need"] == outcome


@pytest.mark.parametrize(
    ("served", "left", "unit"),
    [
        ([True, False], 2, "images"),
        ([False, True], 1, "images"),
        ([True, True], 2, "requests"),
        ([True, None], 1, "requests"),
        ([False, False], 2, "attempts"),
        ([None, True], 2, None),
    ],
)
def test_the_unit_of_a_day_follows_from_what_is_served(served: list[bool | None], left: int, unit: str | None) -> None:
    assert _unit(served, left) == unit


@pytest.mark.parametrize(
    ("way", "unit"), [("images", "images"), ("requests served", "requests"), ("requests", "attempts")]
)
def test_the_last_images_of_a_day_show_its_unit(way: str, unit: str) -> None:
    found = measured("almost_limited", factor=SLOW, ways={} if way == "images" else {"daily_limit_counts": way})
    found.conduct("last images of the day")
    assert found.shown()["daily_unit"] == unit
    assert found.samples("daily_unit") == 2

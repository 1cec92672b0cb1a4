"""Calibrations of drawn servers: what is measured is what was drawn, within the cap, and the same for the same seed."""

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from contract_tests.calibration.profile import profile
from contract_tests.oracle.settings import load_settings, own_limits
from contract_tests.wrong_servers.drawn.drawing import Draw, draw, named
from contract_tests.wrong_servers.drawn.trials import ONE_ROLE
from contract_tests.wrong_servers.state import ROLES
from support.calibrated import CAPS, Calibrated, calibrate, expressed, likeness

NOW = datetime(2026, 2, 26, tzinfo=UTC)
ENOUGH = 0.95
DIFFERENT = named(
    error_bodies="envelope",
    input="modifiers appended",
    output="slashed",
    invalid="400",
    recent_order="oldest first",
    queued="flux-pro",
    images_at_once="3",
    longest_prompt="1000",
    daily_limit_counts="requests served",
    stamps="microseconds",
)


@pytest.fixture(scope="module")
def measured() -> Calibrated:
    return calibrate(DIFFERENT, ROLES)


def values(found: Calibrated) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(found.profile)
    return content


def test_the_profile_has_what_was_drawn(measured: Calibrated) -> None:
    found = values(measured)
    expected = {
        "error_body": "envelope",
        "input_modifiers": "appended",
        "output_form": "slash",
        "invalid_status": 400,
        "lock_release": "completion",
        "recent_order": "oldest-first",
        "queued_engines": ["flux-pro"],
        "absent_engines": [],
        "max_images": 3,
        "max_text_length": 1000,
        "daily_unit": "requests",
        "created_at": "microseconds",
        "lock_scope": "account",
    }
    assert {name: found.get(name) for name in expected} == expected


def test_no_more_is_spent_than_the_cap_allows(measured: Calibrated) -> None:
    assert measured.charged <= measured.calibration.run.budget.spent <= CAPS[ROLES]


def test_every_value_rests_on_at_least_two_exchanges(measured: Calibrated) -> None:
    found = values(measured)
    evidence = found["measured"]["values"]
    assert evidence.keys() == found.keys() - {"measured"}
    assert all(each["samples"] >= 2 and each["exchanges"] for each in evidence.values())


def test_an_open_setting_says_what_would_decide_it(measured: Calibrated) -> None:
    left = values(measured)["measured"]["open"]
    assert left["rate_limit"]["readings"] == ["none", "starter", "business", "enterprise"]
    assert all(each["needs"] for each in left.values())


@pytest.mark.slow
def test_one_account_and_three_credits_leave_open_only_the_states_of_other_accounts() -> None:
    found = calibrate(named(output="slashed", recent_order="oldest first", lock_release="expiry"), ONE_ROLE)
    content = values(found)
    assert found.calibration.run.budget.spent <= CAPS[ONE_ROLE]
    assert (content["output_form"], content["recent_order"]) == ("slash", "oldest-first")
    assert (content["lock_release"], content["lock_seconds"]) == ("expiry", 10.0)
    assert "credit_need" not in content
    assert "daily_unit" not in content
    left = content["measured"]["open"]
    assert "an account" in left["refusal_order"]["needs"]
    # Whatever is not measured is listed.
    assert content.keys() | left.keys() >= load_settings().keys() - own_limits()
    assert all(each["needs"] for each in left.values())


@pytest.mark.slow
def test_one_account_sees_an_absent_engine_while_its_own_generation_runs() -> None:
    content = values(calibrate(named(engines_not_offered="stablediffusion", generation_time="12 s"), ONE_ROLE))
    assert content["absent_engines"] == ["stablediffusion"]
    assert (content["limit_status"], content["limit_body"]) == (422, "errors")


@pytest.mark.slow
def test_a_limit_that_is_judged_last_is_bounded_by_generations() -> None:
    drawn = named(order_of_refusals="locked daily-limit no-credits invalid", images_at_once="2")
    content = values(calibrate(drawn, ROLES))
    assert content["max_images"] == 2
    assert content["measured"]["values"]["max_images"]["interval"] == [2, 2]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 14])
def test_a_mock_with_the_profile_answers_like_the_server(seed: int) -> None:
    drawn: Draw = expressed(draw(seed))
    result = likeness(drawn, calibrate(drawn, ROLES).profile, seed, 40)
    assert result.share_of_replies >= ENOUGH, (str(drawn), result.causes)


def test_a_mock_answers_like_the_server_by_its_profile_alone(measured: Calibrated) -> None:
    assert likeness(DIFFERENT, "{}\n", 1, 20).share_of_replies < ENOUGH
    result = likeness(DIFFERENT, measured.profile, 1, 20)
    assert result.share_of_replies >= ENOUGH, result.causes


@pytest.mark.slow
def test_the_same_seed_measures_the_same(measured: Calibrated) -> None:
    again = calibrate(DIFFERENT, ROLES)
    names = [[step.experiment.name for step in each.calibration.steps] for each in (measured, again)]
    assert names[0] == names[1]
    first, second = (without_times(values(each)) for each in (measured, again))
    assert first == second


def without_times(content: dict[str, Any]) -> dict[str, Any]:
    """Return a profile without durations, which are never quite the same."""
    left = {"open": content["measured"]["open"]}
    return left | {name: value for name, value in content.items() if name not in {"measured", "generation_seconds"}}


def test_the_profile_of_the_same_evidence_is_the_same(measured: Calibrated) -> None:
    assert profile(measured.calibration, NOW) == profile(measured.calibration, NOW)

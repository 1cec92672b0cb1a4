"""The evidence of a calibration: what its exchanges show, and how often."""

import pytest

from contract_tests.calibration.evidence import ENOUGH, whole_space
from contract_tests.calibration.questions import queues, shown
from contract_tests.calibration.readings import all_readings
from contract_tests.oracle.samples import FIELDS, INVALID
from support.in_process import Measured, measured


def generated(found: Measured, times: int = 1) -> None:
    for _ in range(times):
        found.conductor.api("primary").generate_when_ready(FIELDS)


def test_exchanges_are_numbered_in_the_order_of_sending() -> None:
    found = measured()
    api, numbering = found.conductor.api("primary"), found.measurement.evidence.numbering
    assert [numbering.of(api.check().exchange) for _ in range(3)] == [1, 2, 3]


def test_an_outcome_is_measured_by_two_exchanges() -> None:
    found, question = measured(), shown("unknown_path_body")
    evidence = found.measurement.evidence
    found.conduct("unknown path")
    assert (evidence.samples()[question], list(evidence.findings(ENOUGH))) == (1, [])
    found.conduct("unknown path")
    assert evidence.samples()[question] == ENOUGH
    assert question in {each.question for each in evidence.findings(ENOUGH)}


def test_different_outcomes_of_a_question_are_left_out() -> None:
    found = measured()
    evidence, check = found.measurement.evidence, found.conductor.api("primary").check()
    evidence.note(shown("lock_scope"), "account", check)
    evidence.note(shown("lock_scope"), "global", check)
    assert shown("lock_scope") not in {each.question for each in evidence.findings()}
    assert evidence.contradictory() == {shown("lock_scope"): ("account", "global")}


def test_an_outcome_that_no_reading_predicts_removes_none() -> None:
    found, space = measured(), all_readings({"lock_scope": ("account", "global")})
    found.measurement.evidence.note(shown("lock_scope"), "by moon", found.conductor.api("primary").check())
    assert found.measurement.evidence.remaining(space) == space
    assert [each.outcome for each in found.measurement.evidence.unpredicted(space)] == ["by moon"]


def test_images_are_paid_for_by_the_exchanges_that_made_them() -> None:
    found = measured()
    generated(found, 2)
    evidence = found.measurement.evidence
    numbers = [number for each in evidence.findings() for number in each.exchanges]
    assert evidence.paid(set(numbers)) == found.charged == 2


def test_durations_are_kept_by_engine_but_not_those_of_queued_images() -> None:
    found = measured(queued="flux-pro")
    generated(found)
    found.conduct("generation, flux-pro, primary")
    assert found.measurement.evidence.durations.keys() == {"dall-e"}
    assert found.shown()[queues("flux-pro").name] is True


@pytest.mark.parametrize(("way", "outcome"), [("completion", "completion"), ("expiry", None)])
def test_a_lock_that_is_free_soon_is_freed_by_its_generation(way: str, outcome: str | None) -> None:
    # Slow enough for the check to be sent well before the lock expires.
    found = measured(factor=2, ways={} if way == "completion" else {"lock_release": way}, generation_time="0.4 s")
    api = found.conductor.api("primary")
    api.generate(FIELDS)
    api.check()
    assert found.shown().get("lock_release") == outcome


def test_a_failure_of_a_request_that_is_served_otherwise_is_counted() -> None:
    found = measured(failed_generations="every fourth")
    generated(found, 4)
    found.conductor.api("primary").generate(INVALID)
    assert found.measurement.evidence.failures == 1


def test_a_refusal_for_parameters_does_not_count_as_a_failure() -> None:
    found = measured(invalid="200 with status: error")
    found.conductor.api("primary").generate(INVALID)
    assert found.measurement.evidence.failures == 0


def test_the_space_has_the_known_settings_alone() -> None:
    assert whole_space(["lock_scope", "unheard_of"]).settings == ("lock_scope",)

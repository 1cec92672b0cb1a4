"""The search for the smallest readings, with clients that are functions."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mock_server.app import rules
from mock_server.behaviours import make_behaviour
from mock_server.proving.exploring import UnrepeatableError, explore, finding
from mock_server.proving.outcome import Outcome
from mock_server.proving.readings import Reading, Space

SPACE = Space(rules(), make_behaviour({}, rules()))
PASSED, FAILED = Outcome("passed"), Outcome("failed", "assert 409 == 200")


def client(fails: Callable[[Mapping[str, Any]], bool]) -> Callable[[Reading], Outcome]:
    return lambda reading: FAILED if fails(SPACE.values(reading)) else PASSED


def found(fails: Callable[[Mapping[str, Any]], bool], mode: str = "pairwise") -> list[dict[str, Any]]:
    return [SPACE.values(change.reading) for change in explore(client(fails), SPACE.plan(mode))]


def test_a_client_that_depends_on_no_reading_is_run_once_for_each() -> None:
    runs: list[Reading] = []

    def run(reading: Reading) -> Outcome:
        runs.append(reading)
        return PASSED

    assert list(explore(run, SPACE.plan("pairwise"))) == []
    assert runs == SPACE.plan("pairwise").readings


@pytest.mark.parametrize("mode", ["each", "pairwise"])
def test_each_setting_that_changes_a_client_is_found_alone(mode: str) -> None:
    def fails(values: Mapping[str, Any]) -> bool:
        return values.get("lock_release") == "expiry" or values.get("daily_unit") == "attempts" or "cors" in values

    readings = found(fails, mode)
    assert sorted(map(str, readings)) == sorted(
        map(str, [{"lock_release": "expiry"}, {"daily_unit": "attempts"}, {"cors": "none"}])
    )


def test_two_settings_that_change_a_client_together_are_one_finding() -> None:
    together = {"lock_release": "expiry", "lock_scope": "global"}
    assert found(lambda values: together.items() <= values.items()) == [together]
    assert found(lambda values: together.items() <= values.items(), "each") == []


def test_a_setting_that_others_hide_is_found_once_any_is() -> None:
    hiding = {"error_body", "without_accept", "invalid_status", "output_form"}

    def fails(values: Mapping[str, Any]) -> bool:
        return "cors" in values or ("invalid_body" in values and not hiding & values.keys())

    assert [list(reading) for reading in found(fails)] == [["cors"], ["invalid_body"]]


def test_a_finding_names_the_belief_the_rule_and_the_source() -> None:
    together = {"lock_release": "expiry", "lock_scope": "global"}
    (change,) = explore(client(lambda values: together.items() <= values.items()), SPACE.plan("pairwise"))
    assert finding(SPACE, "test_it.py::test_retry", "test_retry", change) == {
        "test": "test_it.py::test_retry",
        "reading": together,
        "rule": "LOCK-RELEASE, LOCK-SCOPE",
        "source": "inferred",
        "outcome": "failed",
        "default_outcome": "passed",
        "message": "assert 409 == 200",
        "sentence": (
            "test_retry passes only if the lock is freed as soon as its generation ends (LOCK-RELEASE, inferred)"
            " or another account's generation does not lock this one out (LOCK-SCOPE, inferred)"
        ),
    }


def test_a_client_that_does_not_pass_twice_has_no_finding() -> None:
    runs = 0

    def run(reading: Reading) -> Outcome:
        nonlocal runs
        runs += 1
        return FAILED if runs > 3 else PASSED

    with pytest.raises(UnrepeatableError, match=r"^it does not pass a second time \(failed: assert 409 == 200\)$"):
        list(explore(run, SPACE.plan("each")))


def test_a_client_that_fails_at_random_has_no_finding() -> None:
    ends = iter([PASSED, FAILED, PASSED, PASSED])
    with pytest.raises(UnrepeatableError, match=r"^it fails and passes under the same reading$"):
        list(explore(lambda _: next(ends), SPACE.plan("each")))

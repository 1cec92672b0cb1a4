"""Every setting is measured by an experiment or on the way, or there is a reason why it is not."""

from contract_tests.calibration.experiments import experiments
from contract_tests.calibration.unmeasured import HARVESTED, UNMEASURED
from contract_tests.oracle.settings import load_settings, own_limits
from contract_tests.runner.target import ROLES


def test_every_setting_is_measured_or_has_a_reason() -> None:
    known = experiments({**dict.fromkeys(ROLES, 0), "low": 3, "almost_limited": 2})
    asked = {name for each in known for question in each.questions for name in question.settings}
    assert asked | HARVESTED | UNMEASURED.keys() | own_limits() == load_settings().keys()
    assert not (asked | HARVESTED) & (UNMEASURED.keys() | own_limits())


def test_every_account_has_an_experiment() -> None:
    known = experiments({**dict.fromkeys(ROLES, 0), "low": 3, "almost_limited": 2})
    assert {role for each in known for role in each.roles} >= set(ROLES) - {"slow", "invalid"}


def test_without_other_accounts_only_those_of_one_are_left() -> None:
    assert {role for each in experiments({"primary": 0}) for role in each.roles} == {"primary", "anonymous"}

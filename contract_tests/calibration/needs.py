"""The remedy for a setting that is left open: an account, credits, or another observation."""

from contract_tests.calibration.choice import Experiment, Spent
from contract_tests.calibration.experiments import experiments
from contract_tests.calibration.measurement import Measurement
from contract_tests.oracle.facts import counted
from contract_tests.runner.target import ROLES

# The figures of accounts that a target might have.
_FIGURES = {**dict.fromkeys(ROLES, 0), "low": 3, "almost_limited": 1}

# The settings that no experiment shows on a service that states no limit.
_BEYOND = {
    "rate_limit": "more requests within a minute than a plan allows, or headers that state the limit",
    "rate_limit_headers": "a service that limits the rate of requests",
    "refusal_order": "an account with several of these reasons at once",
}


def needs(measurement: Measurement, setting: str) -> str:
    """Return the cheapest way to decide a setting, in words."""
    accounts = measurement.run.target.accounts
    figures = _FIGURES | {role: account.figure for role, account in accounts.items()}
    ways = [each for each in experiments(figures) if any(setting in question.settings for question in each.questions)]
    conducted = {step.experiment.name: step for step in measurement.steps}
    missing = [each for each in ways if _missing(each, accounts)]
    if missing:
        best = min(missing, key=lambda each: (len(_missing(each, accounts)), each.cost.worst(Spent())))
        return f"an account {' and '.join(_missing(best, accounts))} ({_price(best)}, {best.seconds:g} seconds)"
    if setting in _BEYOND:
        return _BEYOND[setting]
    waiting = [each for each in ways if each.name not in conducted and each.cost.worst(Spent())]
    if waiting:
        best = min(waiting, key=lambda each: each.cost.worst(Spent()))
        return f"a higher cap, for: {best.name} ({_price(best)}, {best.seconds:g} seconds)"
    troubles = [step.trouble for each in ways if (step := conducted.get(each.name)) and step.trouble]
    return troubles[0] if troubles else "another exchange that shows it"


def _missing(experiment: Experiment, accounts: object) -> list[str]:
    assert isinstance(accounts, dict)
    return [role for role in experiment.roles if role not in accounts and role != "anonymous"]


def _price(experiment: Experiment) -> str:
    worst = experiment.cost.worst(Spent())
    return f"at most {counted(worst, 'credit')}" if worst else "no credit"

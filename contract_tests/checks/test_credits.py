"""The price of generations, and the refusal when the credits run out."""

from collections.abc import Callable

import pytest

from contract_tests.checks.decisions import decides
from contract_tests.checks.experiment import CREDITS, Experiment
from contract_tests.checks.spending import Spending
from contract_tests.client.api import Api
from contract_tests.client.control import Control
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

Open = Callable[[str], Api]


@decides("CREDIT-419", roles=("empty",), first=True)
def test_no_credits(api: Open, verdict: Verdict, run: Run) -> None:
    """No engine makes an image without credits, and a refusal leaves no lock and no image behind."""
    experiment = Experiment(api, "empty", verdict, run, CREDITS)
    experiment.expect_exhausted("the account has no credits")
    experiment.expect_nothing_made()
    experiment.expect_unlocked()


@decides(
    "CREDIT-COST", "CREDIT-419", "CREDIT-NEED", "CREDIT-ATOMIC",
    credits=7, seconds=6, roles=("low",), cost_from_role="low", first=True,
)  # fmt: skip
def test_credits_run_out(api: Open, verdict: Verdict, run: Run, control: Control | None) -> None:
    """Refused requests, then as many images as there are credits, then one more."""
    spending = Spending(Experiment(api, "low", verdict, run, CREDITS), control)
    spending.refused_requests()
    spending.expensive_requests()
    limit = spending.too_many()
    spending.last_credits()
    spending.conclude()
    # Only now, as the other rules do not depend on it.
    if limit:
        pytest.skip(limit)

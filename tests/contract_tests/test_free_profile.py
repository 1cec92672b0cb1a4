"""The profile free at services that charge whom they should refuse, compared with their own count."""

import pytest

from contract_tests.runner.run import Run
from contract_tests.runner.session import examine
from contract_tests.runner.settings import Settings
from contract_tests.wrong_servers.catalogue import CATALOGUE
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import initial_account
from contract_tests.wrong_servers.trial import target_of
from support.wrong_servers import serving_service

RULES = ("AUTH", "ORDER", "I2I-SRC", "CREDIT-419", "DAILY-429")
# Its generated requests include some without a token, and take long.
GENERATED = "VALID-422"


def charged(service: Service) -> int:
    """Return the credits that all accounts have paid since the start."""
    accounts = service.accounts.all()
    return sum(initial_account(each.token, each.lock_slot, each.clock).credits - each.credits for each in accounts)


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("conforming", 0),
        ("no-authentication", 0),
        ("any-token", 0),
        ("open-versions", 0),
        pytest.param("open-generation", 1, marks=pytest.mark.slow),
        ("any-token-generates", 1),
        ("credit-without-end", 1),
        ("no-daily-limit", 1),
    ],
)
@pytest.mark.slow
def test_the_first_sign_of_a_charge_ends_what_is_free(name: str, most: int) -> None:
    with serving_service(name) as (service, origin):
        target = target_of(CATALOGUE[name], "black-box", origin)
        only = (*RULES, GENERATED) if name == "open-generation" else RULES
        run = Run(Settings(target, profile="free", only=only, seed=1))
        outcome = examine(run)
        paid = charged(service)
    assert paid <= run.budget.spent <= most
    assert (outcome.verdict == "violations") == (name != "conforming")

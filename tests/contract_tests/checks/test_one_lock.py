"""Locks of real servers, seen by one account without the control API."""

import pytest

from contract_tests.wrong_servers.serving import find
from contract_tests.wrong_servers.trial import run_trial

pytestmark = pytest.mark.slow


RULES = ("LOCK-ONE", "LOCK-CHECK")


@pytest.mark.parametrize("name", ["lock-without-uploads", "invalid-frees-lock", "anonymous-frees-lock"])
def test_one_account_shows_a_lock_that_does_not_hold(name: str) -> None:
    assert set(run_trial(find(name), "black-box", 1, only=RULES, roles=("primary",)).violated) & set(RULES)

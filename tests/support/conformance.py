"""Targets, plans and events for tests of the suite."""

from functools import cache
from typing import Any

from contract_tests.checks.decisions import Decides
from contract_tests.client.exchange import Exchange
from contract_tests.client.masking import Secret
from contract_tests.oracle.resources import load_rules
from contract_tests.runner.events import Decision, Event, PlanMade, TestEnded
from contract_tests.runner.plan import Entry, Plan
from contract_tests.runner.session import estimate
from contract_tests.runner.settings import Settings
from contract_tests.runner.target import ROLES, Account, Target

TOKEN = "canary-7f3e9a51c2d84b06"


def target(*roles: str, **values: Any) -> Target:
    """A target on loopback with an account for each role, the primary one at least."""
    names = dict.fromkeys(("primary", *roles))
    accounts = {role: Account(role, Secret(f"{TOKEN}-{role}"), 2 if role == "low" else 1) for role in names}
    return Target("http://127.0.0.1:9/api/v1", accounts, **values)


@cache
def declared() -> tuple[tuple[str, Decides], ...]:
    """Return every check for a service without a control API, with its declaration, collected once for all plans."""
    return tuple((entry.name, entry.decides) for entry in estimate(Settings(target(*ROLES))).entries)


def plan(*tests: tuple[str, tuple[str, ...]], rules: tuple[str, ...] = ()) -> PlanMade:
    """A plan of free tests with the rules that each decides."""
    entries = tuple(Entry(name, Decides(decided), 0) for name, decided in tests)
    wanted = rules or tuple(dict.fromkeys(rule for _, decided in tests for rule in decided))
    return PlanMade(Plan(entries, {rule: load_rules()[rule] for rule in wanted}, 40))


def decision(test: str, rule: str, *, passed: bool, exchange: Exchange | None = None) -> Event:
    return Decision(test, rule, passed, "409", "200", (exchange,) if exchange else ())


def ended(test: str, outcome: Any = "passed", reason: str = "") -> Event:
    return TestEnded(test, outcome, 0.1, reason)

"""The end of a trial: once a server is caught, tests that prove nothing new are skipped."""

from collections.abc import Collection, Mapping

import pytest

from contract_tests.runner.events import Decision, Event, PlanMade, TestStarted

Proven = Collection[tuple[str, str]]  # rules and tests


class Sufficiency:
    """A consumer of a run's events that skips a test if the server was caught, and the test is proven for its rules.

    rules: those that the server breaks. proven: with which tests a rule has failed a server of it; None for any.
    """

    def __init__(self, rules: Collection[str], proven: Proven | None) -> None:
        self._rules, self._proven = rules, proven
        self._declared: Mapping[str, Collection[str]] = {}
        self._caught = False

    def __call__(self, event: Event) -> None:
        match event:
            case PlanMade(plan):
                self._declared = {entry.name: entry.decides.rules for entry in plan.entries}
            case Decision(rule=rule, passed=False) if rule in self._rules:
                self._caught = True
            case TestStarted(test) if self._caught and self._is_proven(test):
                pytest.skip("the server is caught, and the test is proven")

    def _is_proven(self, test: str) -> bool:
        mine = set(self._declared.get(test, ())) & set(self._rules)
        return self._proven is None or all((rule, test) in self._proven for rule in mine)

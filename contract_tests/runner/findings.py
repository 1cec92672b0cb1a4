"""From the decisions against a service to findings: one for each cause."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contract_tests.client.exchange import Exchange
from contract_tests.oracle.resources import Rule
from contract_tests.runner.baseline import Accepted, Baseline, Identity
from contract_tests.runner.events import Decision


@dataclass(frozen=True)
class Finding:
    """`decision` is the observation with the fewest requests; `accepted` is the reason that a baseline gives.

    calls: the operations at which it was made.
    """

    rule: Rule
    decision: Decision
    tests: tuple[str, ...]
    times: int
    accepted: str | None = None
    calls: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        return self.decision.expected

    @property
    def received(self) -> str:
        return self.decision.observed

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        return self.decision.steps

    @property
    def acceptances(self) -> list[Accepted]:
        """The entries of a baseline that accept this finding and no other, one for each call."""
        identity = self.decision.identity
        reason = self.accepted or "Found in a run; replace this by the reason why it is accepted."
        return [
            Accepted(self.rule.id, reason, call or None, identity.expected, identity.received, self.decision.test)
            for call in self.calls
        ]


def find(decisions: Iterable[Decision], rules: Mapping[str, Rule], baseline: Baseline) -> tuple[Finding, ...]:
    """Return one finding for each cause, in the order in which they were first seen."""
    # A baseline may accept the same at one call only.
    seen = defaultdict[tuple[Identity, str | None], list[Decision]](list)
    for decision in decisions:
        if not decision.passed:
            seen[decision.cause, baseline.reason(decision.identity)].append(decision)
    return tuple(_finding(same, rules, accepted) for (_, accepted), same in seen.items())


def _finding(same: list[Decision], rules: Mapping[str, Rule], accepted: str | None) -> Finding:
    # One without requests shows least, so it is chosen last.
    shortest = min(same, key=lambda decision: len(decision.exchanges) or math.inf)
    tests = tuple(dict.fromkeys(decision.test for decision in same))
    calls = tuple(dict.fromkeys(decision.identity.call for decision in same))
    return Finding(rules[shortest.rule], shortest, tests, len(same), accepted, calls)

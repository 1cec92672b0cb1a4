"""Findings: what the broken decisions of a run come to when the same observation, however often made, is one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contract_tests.client.exchange import Exchange
from contract_tests.oracle.rules import Rule
from contract_tests.runner.baseline import Accepted, Baseline
from contract_tests.runner.events import Decision
from contract_tests.runner.identity import Identity

_MOST_EXCHANGES = 30


@dataclass(frozen=True)
class Finding:
    """`decision` is the observation with the fewest requests; `accepted` is the baseline's reason, if it is in one."""

    rule: Rule
    decision: Decision
    tests: tuple[str, ...]
    times: int
    accepted: str | None = None

    @property
    def expected(self) -> str:
        return self.decision.expected

    @property
    def received(self) -> str:
        return self.decision.received

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The requests that show it, in the order in which they were sent; of many the last ones."""
        return tuple(sorted(self.decision.exchanges, key=lambda exchange: exchange.sent))[-_MOST_EXCHANGES:]

    @property
    def acceptance(self) -> Accepted:
        """The entry of a baseline that accepts this finding and no other."""
        identity = self.decision.identity
        reason = self.accepted or "Found in a run; write here why it is accepted."
        return Accepted(
            self.rule.id, reason, identity.call or None, identity.expected, identity.received, self.decision.test
        )


def find(decisions: Iterable[Decision], rules: Mapping[str, Rule], baseline: Baseline) -> tuple[Finding, ...]:
    """One finding for each identity, in the order in which they were first seen."""
    seen = defaultdict[Identity, list[Decision]](list)
    for decision in decisions:
        if not decision.held:
            seen[decision.identity].append(decision)
    return tuple(_finding(same, rules, baseline.reason(identity)) for identity, same in seen.items())


def _finding(same: list[Decision], rules: Mapping[str, Rule], accepted: str | None) -> Finding:
    shortest = min(same, key=lambda decision: len(decision.exchanges) or _MOST_EXCHANGES)
    tests = tuple(dict.fromkeys(decision.test for decision in same))
    return Finding(rules[shortest.rule], shortest, tests, len(same), accepted)

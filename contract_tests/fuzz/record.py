"""What a campaign of generated requests met."""

from collections import Counter
from dataclasses import dataclass, field

from contract_tests.client.call import Reply
from contract_tests.fuzz.kinds import Kind
from contract_tests.oracle.contract import Finding

Cause = tuple[str, str, int]


@dataclass
class Record:
    """What a campaign met: how requests of each kind were answered, and the shortest request for each cause."""

    answers: Counter[tuple[Kind, int]] = field(default_factory=Counter)
    broken: dict[Cause, tuple[Finding, Reply]] = field(default_factory=dict)

    def note(self, operation: str, finding: Finding, reply: Reply) -> Cause:
        cause = (finding.rule, operation, reply.status)
        known = self.broken.get(cause)
        if known is None or len(reply.exchange.curl) < len(known[1].exchange.curl):
            self.broken[cause] = finding, reply
        return cause

    @property
    def rules(self) -> set[str]:
        """The rules that were broken."""
        return {rule for rule, _, _ in self.broken}

    def answered(self, *kinds: Kind, but: frozenset[int] = frozenset()) -> int:
        """How many requests of these kinds were answered with another status than those."""
        return sum(count for (kind, status), count in self.answers.items() if kind in kinds and status not in but)

    def __str__(self) -> str:
        return ", ".join(f"{count} {kind}: {status}" for (kind, status), count in sorted(self.answers.items()))

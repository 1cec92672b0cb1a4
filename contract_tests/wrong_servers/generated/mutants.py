"""Mutants: a decision, a change of it, and a condition; all are computed, with the harmless ones left out by reason."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from contract_tests.wrong_servers.catalogue import Entry
from contract_tests.wrong_servers.drawn.document import queueing
from contract_tests.wrong_servers.generated import images, quotas, replies
from contract_tests.wrong_servers.generated.conditions import ALWAYS, Condition
from contract_tests.wrong_servers.generated.rows import Change, Decision
from contract_tests.wrong_servers.generated.subjects import Watchful

DECISIONS: tuple[Decision, ...] = (*quotas.DECISIONS, *images.DECISIONS, *replies.DECISIONS)


@dataclass(frozen=True)
class Mutant:
    """The conforming service with one decision changed under one condition."""

    decision: Decision
    operator: str
    condition: Condition

    @property
    def change(self) -> Change:
        return self.decision.changes[self.operator]

    @property
    def name(self) -> str:
        words = (self.decision.name, self.operator, "" if self.condition is ALWAYS else self.condition.name)
        return "-".join(filter(None, words)).replace("_", "-")

    @property
    def sentence(self) -> str:
        sentence = self.change.sentence
        sentence = sentence[0].upper() + sentence[1:]
        return f"{sentence}{', ' if self.condition.phrase else ''}{self.condition.phrase}."

    @property
    def harmless(self) -> str:
        """Why it breaks nothing documented; empty if it breaks something."""
        if self.change.harmless:
            return self.change.harmless
        in_list, name = self.decision.name in {"entry", "listed"}, self.condition.name
        if in_list and self.operator == "other-output" and name in queueing():
            return "the output of a queued image changes [QUEUED]"
        if self.decision.name == "input_of" and self.operator == "longer" and name == "modified":
            return "modifiers may be appended [IMG-INPUT]"
        if self.decision.name == "locked_out" and self.operator == "always" and name == "first":
            return "for once, another client of the account may hold the lock"
        return ""

    def server(self) -> "type[Mutated]":
        """Return the wrong server, which notes whether its decision was ever another one."""
        return type(self.name, (Mutated,), {"mutant": self, self.decision.name: _decide(self)})


class Mutated(Watchful):
    """`reached` belongs to the class, since a trial knows no instance; each instance resets it."""

    reached = False

    def __init__(self, *arguments: Any, **named: Any) -> None:
        type(self).reached = False
        super().__init__(*arguments, **named)


def _decide(mutant: Mutant) -> Callable[..., Any]:
    method, condition, operator = mutant.decision.name, mutant.condition, mutant.change.operator

    def decide(self: Mutated, *arguments: Any) -> Any:
        original, calls = getattr(super(Mutated, self), method), list[tuple[Any, Any]]()

        def noted(*given: Any) -> Any:
            calls.append((given, original(*given)))
            return calls[-1][1]

        if not condition.holds(self.subject(arguments)):
            return original(*arguments)
        result = operator(self, noted, *arguments)
        # A decision without a result has an effect.
        if result is None or calls != [(arguments, result)]:
            type(self).reached = True
        return result

    return decide


def all_mutants() -> Iterator[Mutant]:
    """Yield all mutants, the harmless ones too."""
    for decision in DECISIONS:
        for operator in decision.changes:
            for condition in decision.conditions:
                yield Mutant(decision, operator, condition)


@cache
def mutants() -> dict[str, Entry]:
    """Return all mutants that break a documented rule, as wrong servers by name."""
    return {
        mutant.name: Entry(
            mutant.name, "wrong", mutant.change.rules, mutant.sentence, mutant.server(), mutant.decision.modes
        )
        for mutant in all_mutants()
        if not mutant.harmless
    }

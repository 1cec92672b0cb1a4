"""The form of the tables: a decision of the service, and the ways in which it is changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.wrong_servers.catalogue import BOTH, Mode
from contract_tests.wrong_servers.generated.conditions import Condition
from contract_tests.wrong_servers.generated.operators import Operator


@dataclass(frozen=True)
class Change:
    """An operator for a decision, with a sentence, and the documented rules of which it breaks one, at least.

    harmless: why it breaks none, if so.
    """

    rules: tuple[str, ...]
    sentence: str
    operator: Operator
    harmless: str = ""


@dataclass(frozen=True)
class Decision:
    """A method of the service, the conditions under which it can be changed, and the changes by name.

    modes: those in which the suite can reach the decision.
    """

    method: Callable[..., Any]
    conditions: tuple[Condition, ...]
    changes: Mapping[str, Change]
    modes: tuple[Mode, ...] = BOTH

    @property
    def name(self) -> str:
        return self.method.__name__


def breaks(rules: str, sentence: str, operator: Operator) -> Change:
    """Return a change that breaks one of these rules, which are separated by blanks."""
    return Change(tuple(rules.split()), sentence, operator)


def keeps(reason: str, sentence: str, operator: Operator) -> Change:
    """Return a change that breaks nothing documented."""
    return Change((), sentence, operator, reason)

"""The rules of the API as a frozen table."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from contract_tests.oracle import resources

Source = Literal["doc", "family", "ours"]


@dataclass(frozen=True)
class Rule:
    """One statement about the API; `source` says who makes it, and only a `doc` rule can be violated."""

    id: str
    source: Source
    title: str
    statement: str
    operations: tuple[str, ...]

    @property
    def documented(self) -> bool:
        return self.source == "doc"


@cache
def load_rules() -> Mapping[str, Rule]:
    """All rules by id, in the order of the file."""
    entries = resources.load_yaml(resources.openapi("rules.yaml"))["rules"]
    return {entry["id"]: _rule(entry) for entry in entries}


def _rule(entry: dict[str, Any]) -> Rule:
    return Rule(
        id=entry["id"],
        source=entry["source"],
        title=entry["title"],
        statement=" ".join(entry["statement"].split()),
        operations=tuple(entry["operations"]),
    )

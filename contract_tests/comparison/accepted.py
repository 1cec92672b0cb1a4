"""The baseline of a comparison: differences that are accepted, and which of them no longer occur."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import yaml
from msgspec import Meta, Struct, structs

from contract_tests.comparison.finding import Diagnosis, Finding
from contract_tests.comparison.pointer import without_numbers
from contract_tests.errors import UsageError
from contract_tests.oracle.resources import load_rules
from contract_tests.runner.baseline import Text
from contract_tests.runner.decoding import decode, read_yaml, similar

_HEAD = """\
# Differences that are accepted. An entry that no longer occurs fails the comparison until it is removed.
# rule and reason are required. diagnosis, call and where limit an entry; in `where`, * stands for the number of an
# entry in a list. Without them it accepts every difference of its rule.
"""
_REASON = "found by the comparison that wrote this file"


class AcceptedDifference(Struct, frozen=True, forbid_unknown_fields=True):
    """One accepted difference; None matches anything."""

    rule: Text
    reason: Text
    diagnosis: Diagnosis | None = None
    call: Text | None = None
    where: Text | None = None

    def covers(self, finding: Finding) -> bool:
        return finding.rule == self.rule and all(
            wanted is None or wanted == found
            for wanted, found in (
                (self.diagnosis, finding.diagnosis),
                (self.call, finding.call),
                (self.where, without_numbers(finding.where)),
            )
        )

    def __str__(self) -> str:
        parts = [part for part in (self.diagnosis, self.call, self.where) if part]
        return f"{self.rule} ({', '.join(parts)})" if parts else self.rule


@dataclass(frozen=True)
class AcceptedDifferences:
    """The entries of a baseline file."""

    entries: tuple[AcceptedDifference, ...] = ()
    path: Path | None = None

    def applied(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings, each with the reason for which it is accepted."""
        return [replace(finding, accepted=self._reason(finding)) for finding in findings]

    def gone(self, findings: Sequence[Finding], calls: set[str]) -> list[AcceptedDifference]:
        """Return the entries that nothing matches, of those whose call was compared."""
        compared = [entry for entry in self.entries if entry.call is None or entry.call in calls]
        return [entry for entry in compared if not any(entry.covers(finding) for finding in findings)]

    def _reason(self, finding: Finding) -> str | None:
        return next((entry.reason for entry in self.entries if entry.covers(finding)), None)


_Entries = Annotated[tuple[AcceptedDifference, ...], Meta(description="a list of {rule: …, reason: …}")]


def load_accepted(path: Path) -> AcceptedDifferences:
    """Return the baseline in a YAML or JSON file; raise UsageError with the file and the entry."""
    entries = decode(path, read_yaml(path, "the baseline") or [], _Entries)
    for number, entry in enumerate(entries, 1):
        if entry.rule not in load_rules():
            hint = similar(entry.rule, [*load_rules()])
            raise UsageError(f"{path}: entry {number}.rule: unknown rule {entry.rule}{hint}")
    return AcceptedDifferences(entries, path)


def accepted_text(findings: Iterable[Finding]) -> str:
    """Return the text of a baseline that accepts these findings; a reason that is known stays."""
    entries = [
        AcceptedDifference(
            finding.rule, finding.accepted or _REASON, finding.diagnosis, finding.call, without_numbers(finding.where)
        )
        for finding in findings
    ]
    unique = dict.fromkeys(entries)
    rows = [{key: value for key, value in structs.asdict(entry).items() if value is not None} for entry in unique]
    return _HEAD + yaml.safe_dump(rows, sort_keys=False, allow_unicode=True, width=110)

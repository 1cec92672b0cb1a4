"""The changes between two reports, as data and as lines."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from msgspec import Struct

from contract_tests.errors import UsageError
from contract_tests.runner.baseline import Identity, normalised
from contract_tests.runner.decoding import decode

# From best to worst. A rule that is missing in a report was not asked for, which equals skipped.
_RANKS = ("passed", "accepted", "skipped", "inconclusive", "differs", "violated")
ABSENT = "skipped"


class _Finding(Struct):
    call: str
    expected: str
    received: str
    accepted: str | None = None
    calls: list[str] | None = None


class _Rule(Struct):
    id: str
    verdict: Literal["passed", "skipped", "inconclusive", "differs", "violated"]
    findings: list[_Finding]
    accepted: bool = False


class _Credits(Struct):
    spent: int


class _File(Struct):
    """The part of a report.json that is compared."""

    verdict: str
    credits: _Credits
    requests: int
    seconds: float
    rules: list[_Rule]


@dataclass(frozen=True)
class Report:
    """A report, by rule and finding."""

    path: Path
    verdict: str
    figures: Mapping[str, float]
    rules: Mapping[str, str]
    findings: Mapping[Identity, bool] = field(default_factory=dict)  # with whether it is accepted


@dataclass(frozen=True)
class Change:
    rule: str
    before: str
    after: str

    @property
    def steps(self) -> int:
        """The number of ranks by which the rule got worse."""
        return _RANKS.index(self.after) - _RANKS.index(self.before)

    @property
    def worse(self) -> bool:
        """Whether the verdict got worse; an accepted finding does not count."""
        return self.steps > 0 and self.after != "accepted"


@dataclass(frozen=True)
class Comparison:
    before: Report
    after: Report

    @property
    def changes(self) -> list[Change]:
        """The rules whose verdict changed, the worst change first."""
        rules = dict.fromkeys([*self.before.rules, *self.after.rules])
        pairs = (Change(id_, self.before.rules.get(id_, ABSENT), self.after.rules.get(id_, ABSENT)) for id_ in rules)
        return sorted((pair for pair in pairs if pair.before != pair.after), key=lambda change: -change.steps)

    @property
    def new(self) -> list[Identity]:
        return sorted(self.after.findings.keys() - self.before.findings.keys())

    @property
    def vanished(self) -> list[Identity]:
        return sorted(self.before.findings.keys() - self.after.findings.keys())

    @property
    def worse(self) -> bool:
        """Whether a rule got worse, or a new finding is not accepted."""
        fresh = any(not self.after.findings[found] for found in self.new)
        return fresh or any(change.worse for change in self.changes)


def load_report(path: Path) -> Report:
    """Return the report in a file or folder; raise UsageError with the file."""
    file = path / "report.json" if path.is_dir() else path
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: the report cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{file}: the report is not JSON.") from None
    return _report(file, decode(f"{file} is not a report of aiimage-conform", content, _File))


def _report(path: Path, file: _File) -> Report:
    return Report(
        path=path,
        verdict=file.verdict,
        figures={"credits": file.credits.spent, "requests": file.requests, "seconds": file.seconds},
        rules={rule.id: "accepted" if rule.accepted else rule.verdict for rule in file.rules},
        findings={
            Identity(rule.id, *map(normalised, (call, each.expected, each.received))): bool(each.accepted)
            for rule in file.rules
            for each in rule.findings
            for call in each.calls or [each.call]
        },
    )


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    before, after = comparison.before, comparison.after
    yield f"Before: {before.path} ({before.verdict})"
    yield f"After:  {after.path} ({after.verdict})"
    for change in comparison.changes:
        mark = "worse" if change.worse else "better" if change.steps < 0 else "changed"
        yield f"  {mark:8}  {change.rule}: {change.before}, now {change.after}"
    for found in comparison.new:
        accepted = " (accepted)" if after.findings[found] else ""
        yield f"  new       {_finding(found)}{accepted}"
    for found in comparison.vanished:
        yield f"  vanished  {_finding(found)}"
    if not (comparison.changes or comparison.new or comparison.vanished):
        yield "  No verdict and no finding changed."
    for name, figure in after.figures.items():
        yield f"{name.capitalize():10}{before.figures[name]:g}, now {figure:g}"
    yield "Something got worse." if comparison.worse else "Nothing got worse."


def _finding(found: Identity) -> str:
    where = f"{found.call}: " if found.call else ""
    return f"{found.rule}: {where}expected {found.expected}; received {found.received}"

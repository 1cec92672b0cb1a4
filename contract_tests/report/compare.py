"""What changed between two reports, as data and as lines."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract_tests.errors import UsageError
from contract_tests.report.words import word
from contract_tests.runner.baseline import normalised

# From best to worst. What is not in a report was not asked for, which is as good as skipped.
_RANKS = ("held", "accepted", "skipped", "could_not_look", "differs", "violated")
ABSENT = "skipped"


@dataclass(frozen=True, order=True)
class Found:
    """A finding as a report has it, less what changes from run to run."""

    rule: str
    call: str
    expected: str
    received: str


@dataclass(frozen=True)
class Report:
    """What is compared of a report.json."""

    path: Path
    verdict: str
    figures: Mapping[str, float]
    rules: Mapping[str, str]
    findings: Mapping[Found, bool] = field(default_factory=dict)  # and whether it is accepted


@dataclass(frozen=True)
class Change:
    rule: str
    before: str
    after: str

    @property
    def steps(self) -> int:
        """How far the rule went down."""
        return _RANKS.index(self.after) - _RANKS.index(self.before)

    @property
    def worse(self) -> bool:
        """What somebody has accepted is no reason to complain."""
        return self.steps > 0 and self.after != "accepted"


@dataclass(frozen=True)
class Comparison:
    before: Report
    after: Report

    @property
    def changes(self) -> list[Change]:
        """The rules whose verdict changed, what got worse first."""
        rules = dict.fromkeys([*self.before.rules, *self.after.rules])
        pairs = (Change(id_, self.before.rules.get(id_, ABSENT), self.after.rules.get(id_, ABSENT)) for id_ in rules)
        return sorted((pair for pair in pairs if pair.before != pair.after), key=lambda change: -change.steps)

    @property
    def new(self) -> list[Found]:
        return sorted(self.after.findings.keys() - self.before.findings.keys())

    @property
    def vanished(self) -> list[Found]:
        return sorted(self.before.findings.keys() - self.after.findings.keys())

    @property
    def worse(self) -> bool:
        """Whether a rule is worse off, or something is found that was not there and nobody accepted."""
        fresh = any(not self.after.findings[found] for found in self.new)
        return fresh or any(change.worse for change in self.changes)


def load_report(path: Path) -> Report:
    """Read a report.json, or that of a folder, or raise a UsageError that names the file."""
    file = path / "report.json" if path.is_dir() else path
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: the report cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{file} is no report: it is not JSON.") from None
    try:
        return _report(file, content)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UsageError(f"{file} is no report of aiimage-conform: it does not have what a report.json has.") from None


def _report(path: Path, content: Any) -> Report:
    rules = {str(rule["id"]): _verdict(rule) for rule in content["rules"]}
    return Report(
        path=path,
        verdict=str(content["verdict"]),
        figures={
            "credits": float(content["credits"]["spent"]),
            "requests": float(content["requests"]),
            "seconds": float(content["seconds"]),
        },
        rules=rules,
        findings=dict(found for rule in content["rules"] for found in _findings(rule)),
    )


def _verdict(rule: Mapping[str, Any]) -> str:
    verdict = "accepted" if rule.get("accepted") else str(rule["verdict"])
    _RANKS.index(verdict)
    return verdict


def _findings(rule: Mapping[str, Any]) -> Iterator[tuple[Found, bool]]:
    for entry in rule.get("findings", rule["evidence"]):
        parts = (str(entry.get(key, "")) for key in ("call", "expected", "received"))
        yield Found(str(rule["id"]), *map(normalised, parts)), bool(entry.get("accepted"))


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    before, after = comparison.before, comparison.after
    yield f"Before: {before.path} ({before.verdict})"
    yield f"After:  {after.path} ({after.verdict})"
    for change in comparison.changes:
        mark = "worse" if change.worse else "better" if change.steps < 0 else "changed"
        yield f"  {mark:8}  {change.rule}: {word(change.before)}, now {word(change.after)}"
    for found in comparison.new:
        accepted = " (accepted)" if after.findings[found] else ""
        yield f"  new       {_finding(found)}{accepted}"
    for found in comparison.vanished:
        yield f"  vanished  {_finding(found)}"
    if not (comparison.changes or comparison.new or comparison.vanished):
        yield "  No rule's verdict changed, and no finding."
    for name, figure in after.figures.items():
        yield f"{name.capitalize():10}{before.figures[name]:g}, now {figure:g}"
    yield "Something got worse." if comparison.worse else "Nothing got worse."


def _finding(found: Found) -> str:
    where = f"{found.call}: " if found.call else ""
    return f"{found.rule}: {where}expected {found.expected}; received {found.received}"

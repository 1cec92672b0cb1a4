"""What the suite made of a server, and whether that is as it should be."""

import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from contract_tests.runner.outcome import Outcome
from contract_tests.runner.run import Run
from contract_tests.runner.session import examine
from contract_tests.runner.settings import Settings
from contract_tests.wrong_servers.catalogue import Entry, Mode
from contract_tests.wrong_servers.process import running

REPORTS = ("report.json", "junit.xml")
_SUITE_AT_FAULT = "a fault of the suite"
_INTERNAL = ("Traceback", _SUITE_AT_FAULT)


@dataclass(frozen=True)
class Finding:
    """One run of the suite against one server."""

    name: str
    mode: Mode
    seed: int
    exit_status: int
    seconds: float
    violated: tuple[str, ...]
    differs: tuple[str, ...]
    reasons: dict[str, str]
    stopped: str | None
    reports: bool


def find(entry: Entry, mode: Mode, seed: int, only: tuple[str, ...] = ()) -> Finding:
    """Run the suite against a server of the catalogue; `only` are the rules to decide, all where it is empty."""
    begun = time.monotonic()
    with running(entry, mode) as target, TemporaryDirectory() as folder:
        outcome = examine(Run(Settings(target, seed=seed, only=only, report=Path(folder))))
        reports = all((Path(folder) / name).is_file() for name in REPORTS)
    return Finding(
        name=entry.name,
        mode=mode,
        seed=seed,
        exit_status=outcome.exit_status(strict=False),
        seconds=time.monotonic() - begun,
        violated=_rules(outcome, "violated"),
        differs=_rules(outcome, "differs"),
        reasons={result.rule.id: f"{result.verdict}: {result.reason}" for result in outcome.results if result.reason},
        stopped=outcome.stopped,
        reports=reports,
    )


def _rules(outcome: Outcome, verdict: str) -> tuple[str, ...]:
    return tuple(result.rule.id for result in outcome.results if result.verdict == verdict)


def verdict(entry: Entry, finding: Finding) -> str:
    """In two words what the suite said."""
    caught = finding.differs if entry.kind == "assumed" else finding.violated
    if entry.kind in {"wrong", "assumed"} and set(entry.rules) & set(caught):
        return ",".join(rule for rule in caught if rule in entry.rules)
    rules = [*finding.violated, *(f"({rule})" for rule in finding.differs)]
    return f"{'survived' if entry.kind == 'wrong' and not finding.violated else ''} {','.join(rules)}".strip() or (
        f"exit {finding.exit_status}"
    )


def fault(entry: Entry, finding: Finding) -> str | None:
    """What is not as it should be, if anything."""
    internal = [text for text in finding.reasons.values() if any(word in text for word in _INTERNAL)]
    if internal or _SUITE_AT_FAULT in (finding.stopped or ""):
        return internal[0] if internal else finding.stopped
    if not finding.reports:
        return "it left no reports"
    match entry.kind:
        case "wrong":
            return _missed(entry.rules, finding.violated)
        case "assumed":
            return _reported("violated", finding.violated) or _missed(entry.rules, finding.differs)
        case "right":
            unexpected = tuple(rule for rule in finding.differs if rule not in entry.rules)
            return _reported("violated", finding.violated) or _reported("differs", unexpected)
        case _:
            return None if finding.exit_status in {1, 3} else f"it ended with exit status {finding.exit_status}"


def _missed(rules: tuple[str, ...], caught: tuple[str, ...]) -> str | None:
    if set(rules) & set(caught):
        return None
    instead = f", only by {', '.join(caught)}" if caught else ""
    return f"not caught by {' or '.join(rules)}{instead}"


def _reported(word: str, rules: tuple[str, ...]) -> str | None:
    return f"{word}: {', '.join(rules)}" if rules else None

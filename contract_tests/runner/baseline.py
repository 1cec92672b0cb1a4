"""Findings that are accepted, and what makes two observations the same finding."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from contract_tests.client.call import Exchange
from contract_tests.errors import UsageError
from contract_tests.oracle.resources import load_rules

# What differs from run to run. A status or a count stays, since it is what a finding is about.
_CHANGING = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"  # an instant
    r"|\b[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\b"  # a UUID
    r"|\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b"  # a hash
    r"|\d+\.\d+|\d+(?= ms\b)"  # a time
    r"|\d{4,}",  # an id, a port, a number of bytes
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Identity:
    """The rule, the call that was judged, and what was expected and received, less what changes from run to run."""

    rule: str
    call: str
    expected: str
    received: str


def identify(rule: str, expected: str, received: str, exchanges: Sequence[Exchange]) -> Identity:
    call = _call(exchanges[-1]) if exchanges else ""
    return Identity(rule, call, normalised(expected), normalised(received))


def normalised(text: str) -> str:
    return " ".join(_CHANGING.sub("#", text).split())


def _call(exchange: Exchange) -> str:
    """The operation, wherever the service is; what is none, a picture for example, is known by its method alone."""
    _, operation, name = exchange.url.partition("?")[0].partition("/aiimage/")
    return f"{exchange.method} {operation}{name}".strip()


_HEAD = """\
# Findings that are accepted. One that no longer occurs fails the run, until it is taken out of here.
# rule and reason are needed. call, expected and received narrow an entry down to one finding; without them it accepts
# every finding of its rule. test is the test that has to have looked before a finding counts as gone.
"""


@dataclass(frozen=True)
class Accepted:
    """One accepted finding; what is None may be anything."""

    rule: str
    reason: str
    call: str | None = None
    expected: str | None = None
    received: str | None = None
    test: str | None = None

    def covers(self, found: Identity) -> bool:
        return found.rule == self.rule and all(
            wanted is None or normalised(wanted) == got
            for wanted, got in (
                (self.call, found.call),
                (self.expected, found.expected),
                (self.received, found.received),
            )
        )

    def __str__(self) -> str:
        what = ": ".join(part for part in (self.call, self.received) if part)
        return f"{self.rule} ({what})" if what else self.rule


@dataclass(frozen=True)
class Baseline:
    entries: tuple[Accepted, ...] = ()
    path: Path | None = None

    def reason(self, found: Identity) -> str | None:
        """Why a finding is accepted, if it is."""
        return next((entry.reason for entry in self.entries if entry.covers(found)), None)


NO_BASELINE = Baseline()


def load_baseline(path: Path) -> Baseline:
    """Read a baseline, YAML or JSON, or raise a UsageError that names the file and the entry."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: the baseline cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    except (yaml.YAMLError, RecursionError):
        raise UsageError(f"{path}: the baseline is neither YAML nor JSON.") from None
    if not isinstance(content or [], list):
        raise UsageError(f"{path}: a baseline is a list of {{rule: …, reason: …}}.")
    return Baseline(tuple(_entry(path, number, each) for number, each in enumerate(content or [], 1)), path)


def baseline_text(entries: Iterable[Accepted]) -> str:
    """The file that accepts these findings."""
    rows = [{key: value for key, value in asdict(entry).items() if value is not None} for entry in entries]
    return _HEAD + yaml.safe_dump(rows, sort_keys=False, allow_unicode=True, width=110)


def _entry(path: Path, number: int, entry: Any) -> Accepted:
    known = [field.name for field in fields(Accepted)]
    if not isinstance(entry, dict) or not {"rule", "reason"} <= entry.keys() <= set(known):
        raise UsageError(f"{path}: entry {number} takes rule and reason, and of {', '.join(known[2:])} what is known.")
    wrong = [key for key, value in entry.items() if not isinstance(value, str) or not value.strip()]
    if wrong:
        raise UsageError(f"{path}: entry {number}: {wrong[0]} takes a text; quote what is only a number.")
    if entry["rule"] not in load_rules():
        raise UsageError(f"{path}: entry {number}: no rule is called {entry['rule']}.")
    return Accepted(**entry)

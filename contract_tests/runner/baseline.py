"""Findings that are accepted, and what makes two observations the same finding."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from msgspec import Meta, Struct, structs

from contract_tests.client.exchange import Exchange
from contract_tests.errors import UsageError
from contract_tests.oracle.resources import load_rules
from contract_tests.runner.decoding import decode, read_yaml, similar

Text = Annotated[str, Meta(pattern=r"\S", description="a text; quote what is only a number")]
_HEAD = """\
# Findings that are accepted. An entry that no longer occurs fails the run until it is removed.
# rule and reason are required. call, expected and received limit an entry to one finding; without them it accepts
# every finding of its rule. test names the test that must have run before a finding counts as gone.
"""

# Parts that differ between runs. A status or a count stays: it is what the finding is about.
_CHANGING = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"  # an instant
    r"|\b[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\b"  # a UUID
    r"|\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b"  # a hash
    r"|(?<!\w)-\d+\.\d+|\d+\.\d+|\d+(?= ms\b)"  # a time, or the difference between two
    r"|\d{4,}",  # an id, a port, a number of bytes
    re.IGNORECASE,
)


@dataclass(frozen=True, order=True)
class Identity:
    """The rule, the call, and what was expected and received, without what changes from run to run."""

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
    """Return the method and operation without the host; only the method for another URL, a picture for example."""
    _, operation, name = exchange.url.partition("?")[0].partition("/aiimage/")
    return f"{exchange.method} {operation}{name}".strip()


class Accepted(Struct, frozen=True, forbid_unknown_fields=True):
    """One accepted finding; None matches anything."""

    rule: Text
    reason: Text
    call: Text | None = None
    expected: Text | None = None
    received: Text | None = None
    test: Text | None = None

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
        """Return why a finding is accepted, or None."""
        return next((entry.reason for entry in self.entries if entry.covers(found)), None)


NO_BASELINE = Baseline()
_Entries = Annotated[tuple[Accepted, ...], Meta(description="a list of {rule: …, reason: …}")]


def load_baseline(path: Path) -> Baseline:
    """Return the baseline in a YAML or JSON file; raise UsageError with the file and the entry."""
    entries = decode(path, read_yaml(path, "the baseline") or [], _Entries)
    for number, entry in enumerate(entries, 1):
        if entry.rule not in load_rules():
            raise UsageError(
                f"{path}: entry {number}.rule: unknown rule {entry.rule}{similar(entry.rule, [*load_rules()])}"
            )
    return Baseline(entries, path)


def baseline_text(entries: Iterable[Accepted]) -> str:
    """Return the text of a baseline with these entries."""
    rows = [{key: value for key, value in structs.asdict(entry).items() if value is not None} for entry in entries]
    return _HEAD + yaml.safe_dump(rows, sort_keys=False, allow_unicode=True, width=110)

"""What makes two observations the same finding."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from contract_tests.client.exchange import Exchange

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

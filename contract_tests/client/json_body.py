"""The body of a reply read as JSON: the value, and why the bytes are not JSON although a lenient parser reads them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# Texts in UTF-16 and UTF-32, too, can begin with a mark of their own.
_MARK = "\ufeff"
_MAX_NAME = 100


class NotJsonError(ValueError):
    """No parser reads the bytes as JSON."""


@dataclass(frozen=True)
class JsonBody:
    """fault: what RFC 8259 does not allow in the bytes, None if they are JSON."""

    value: Any
    fault: str | None = None


def read_json(content: bytes) -> JsonBody:
    """Return the body; raise NotJsonError if nothing can be read.

    A fault does not hide the value, so that a service with a byte-order mark in every reply has that one finding.
    """
    text, fault = _text_of(content)
    if text.startswith(_MARK):
        text, fault = text[1:], fault or "a byte-order mark before the JSON"
    faults = [fault] if fault else []

    def constant(name: str) -> float:
        faults.append(f"the value {name}")
        return float(name)

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        faults.extend(_duplicates(name for name, _ in pairs))
        return dict(pairs)

    try:
        value = json.loads(text, parse_constant=constant, object_pairs_hook=members)
    except (ValueError, RecursionError) as error:  # the latter for deep nesting
        raise NotJsonError(str(error)) from None
    return JsonBody(value, faults[0] if faults else None)


def _text_of(content: bytes) -> tuple[str, str | None]:
    """Return the text, and a fault if it is not encoded in UTF-8."""
    encoding = json.detect_encoding(content).removesuffix("-sig")
    if encoding != "utf-8":
        return content.decode(encoding, "replace"), f"a text in {encoding.upper()}, not in UTF-8"
    try:
        return content.decode(), None
    except UnicodeDecodeError:
        return content.decode("utf-8", "replace"), "bytes that are not UTF-8"


def _duplicates(names: Iterable[str]) -> list[str]:
    known: set[str] = set()
    found = []
    for name in names:
        if name in known:
            found.append(f"the key {name[:_MAX_NAME]!r} twice in one object")
        known.add(name)
    return found

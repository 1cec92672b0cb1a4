"""The headers that request a fault for one call: X-Mock-Fault, and Prefer with a code."""

import re

from .base import Fault, FaultError
from .registry import make_fault

_MAX_CHARACTERS = 1000
_MAX_FAULTS = 10
_SYNTAX = 'NAME[;parameter=value][, NAME...], with "quotes" around a value that contains , or ;'
_PARAMETER = re.compile(r'([\w-]+)\s*=\s*(?:"([^"]*)"|([^"]*))', re.ASCII)
_CODE = re.compile(r"code(?:\s*=(.*))?", re.IGNORECASE | re.DOTALL)


def parse_header(value: str) -> list[Fault]:
    """Return the faults that X-Mock-Fault names, in order; raise FaultError.

    The syntax is `NAME[;parameter=value;parameter=value][, NAME...]`, where a value may be quoted.
    """
    if len(value) > _MAX_CHARACTERS:
        raise FaultError(f"X-Mock-Fault takes at most {_MAX_CHARACTERS} characters, not {len(value)}")
    if not (value.isascii() and value.replace("\t", " ").isprintable()):
        raise FaultError("X-Mock-Fault takes printable ASCII characters")
    if value.count('"') % 2:
        raise FaultError(f"X-Mock-Fault has an unclosed quote; it takes {_SYNTAX}")
    faults = [_fault(text) for text in _split(value, ",")]
    if len(faults) > _MAX_FAULTS:
        raise FaultError(f"X-Mock-Fault takes at most {_MAX_FAULTS} faults, not {len(faults)}")
    return faults


def forced_status(prefer: str) -> int | None:
    """Return the status that `Prefer: code=409` requests, None without a code; raise FaultError if it is not a status.

    Other preferences and further codes are ignored.
    """
    # The parameters of a preference follow semicolons (RFC 7240).
    preferences = (_split(each, ";") for each in _split(prefer, ","))
    codes = (_CODE.fullmatch(preference[0]) for preference in preferences if preference)
    code = next(filter(None, codes), None)
    if code is None:
        return None
    status = (code[1] or "").strip().removeprefix('"').removesuffix('"')
    if not re.fullmatch(r"[1-5][0-9][0-9]", status):
        raise FaultError(f"Prefer: code takes an HTTP status, as in code=409, not {status[:20]!r}")
    return int(status)


def _fault(text: str) -> Fault:
    name, *rest = _split(text, ";") or [""]
    parameters: dict[str, str] = {}
    for each in rest:
        match = _PARAMETER.fullmatch(each)
        if match is None or match[1] in parameters:
            problem = "is not parameter=value" if match is None else "is a duplicate"
            raise FaultError(f"X-Mock-Fault: {each[:50]!r} {problem}; it takes {_SYNTAX}")
        parameters[match[1]] = match[3] if match[2] is None else match[2]
    return make_fault(name, parameters, strict=False)


def _split(text: str, separator: str) -> list[str]:
    """Return the pieces between separators outside of quotes, without empty ones."""
    pieces = re.findall(rf'(?:[^"{separator}]|"[^"]*")+', text)
    return [piece.strip() for piece in pieces if piece.strip()]

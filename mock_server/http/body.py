"""Request bodies: bytes in, fields out. Whatever the bytes are, the outcome is fields or findings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from mock_server.contract import Finding

from .replies import RefusedError, invalid

if TYPE_CHECKING:
    from .multipart import Part

# What the family trims: white space, and the invisible characters that come along with pasted text.
_BLANK = " \t\n\r\0\x0b\x0c\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\u200e" + "".join(
    map(chr, range(0x2000, 0x200B))
)

_DEEPEST = 64
_NESTED = (dict, list)

Fields = dict[str, Any]


class Upload(msgspec.Struct, frozen=True):
    """A file that came with a form."""

    data: bytes


class Source(msgspec.Struct, frozen=True):
    """An uploaded image: its key on the shelf, and its size in pixels, upright."""

    key: str
    width: int
    height: int


def parse_body(content_type: str, body: bytes, max_parts: int) -> tuple[Fields, bool]:
    """Return the fields of a body and whether they came as text, from a form; a file is an Upload.

    Values are trimmed, and empty ones are left out. [VALID-TRIM] Raise RefusedError.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _trimmed(_multipart(content_type, body, max_parts)), True
    if kind == "application/x-www-form-urlencoded":
        return _trimmed(_urlencoded(body, max_parts)), True
    if kind == "application/json" or kind.endswith("+json"):
        return _trimmed(_json(body)), False
    if body:
        raise _unreadable(
            "The request body must be application/json, multipart/form-data or application/x-www-form-urlencoded:"
            f" the Content-Type is {kind[:80] or 'missing'}."
        )
    return {}, False


def _json(body: bytes) -> Mapping[str, Any]:
    if not body:
        return {}
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as malformed:
        raise _unreadable(f"The request body is not valid JSON: {malformed}.") from malformed
    except RecursionError as deep:
        raise _unreadable("The request body is not valid JSON: it is nested too deeply.") from deep
    if not isinstance(value, dict):
        raise _unreadable("The request body must be a JSON object.")
    nested = [each for each in value.values() if isinstance(each, _NESTED)]
    if nested and _deeper(nested, _DEEPEST):
        raise _unreadable(f"The request body is nested too deeply: more than {_DEEPEST} levels.")
    return value


def _deeper(value: Any, levels: int) -> bool:
    """Tell whether JSON is nested deeper than that."""
    if not isinstance(value, _NESTED):
        return False
    return levels == 0 or any(
        _deeper(each, levels - 1) for each in (value.values() if isinstance(value, dict) else value)
    )


def _urlencoded(body: bytes, max_fields: int) -> Mapping[str, Any]:
    try:
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=max_fields))
    except ValueError as many:
        raise _unreadable(f"The form cannot be read: it has more than {max_fields} fields.") from many


def _multipart(content_type: str, body: bytes, max_parts: int) -> Mapping[str, Any]:
    from .multipart import MultipartError, parse_multipart  # what few need is loaded when it is needed

    try:
        parts = parse_multipart(content_type, body, max_parts)
    except MultipartError as malformed:
        raise _unreadable(f"The form cannot be read: {malformed}.") from malformed
    return {part.name: part.text if part.filename is None else _upload(part) for part in parts}


def _upload(part: "Part") -> Upload | None:
    """Return the file, or None for what a browser sends when no file was chosen."""
    return Upload(bytes(part.data)) if part.data or part.filename else None


def _unreadable(message: str) -> RefusedError:
    return RefusedError(invalid([Finding("body", "unreadable", message)]))


def _trimmed(fields: Mapping[str, Any]) -> Fields:
    trimmed = {}
    for name, value in fields.items():
        kept = value.strip(_BLANK) if isinstance(value, str) else value
        if kept is not None and kept != "":
            trimmed[name] = kept
    return trimmed

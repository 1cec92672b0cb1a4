"""Parsing: from the bytes of a body to fields, by its Content-Type, with what was wrong said as it is."""

import re
from collections.abc import Callable, Mapping
from operator import methodcaller
from typing import Any

import msgspec
from msgspec.structs import replace

from mock_server.contract import Finding
from mock_server.domain.behaviour import Behaviour

from .context import Fields
from .json_bodies import JsonError, read_json
from .replies import RefusedError, invalid

_ASCII = " \t\n\r\0\x0b\x0c"
# White space, and the invisible characters that come with pasted text; products of the same family trim them too.
_UNICODE = f"{_ASCII}\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_UNICODE += "\ufeff\u200b\u200c\u200d\u200e\u2060\xad\u3164\u2800"
# By the setting text_trimming. A text of nothing but white space of ASCII is absent in any case, as Laravel's rule
# "required" has it.
_TRIM: Mapping[str, Callable[[str], str]] = {
    "ascii": methodcaller("strip", _ASCII),
    "unicode": methodcaller("strip", _UNICODE),
    "none": lambda text: text if text.strip(_ASCII) else "",
}
_JSON = "application/json"
_MULTIPART = "multipart/form-data"
_URLENCODED = "application/x-www-form-urlencoded"
_KIND = re.compile(r"[^;,\s]*")  # PHP ends the type at any of these
_NOT_BLANK = re.compile(rb"(?:\xef\xbb\xbf)?\s*")
_FORM_LIKE = re.compile(rb"[\w.%+\-\[\]]+=")


class Body(msgspec.Struct, frozen=True):
    """A body that was read.

    textual: the values are texts, from a form; multipart: from one that can carry files; broken: by field, the
    predicate of the sentence that refuses it; unchosen: the fields whose file has bytes, and an empty filename;
    problem: why a part of the form was not read, "" if all was; from_query: the fields of the query, which are texts.
    """

    fields: Fields
    textual: bool = False
    multipart: bool = False
    broken: Mapping[str, str] = {}
    unchosen: frozenset[str] = frozenset()
    problem: str = ""
    from_query: frozenset[str] = frozenset()


def with_query(body: Body, query: bytes, behaviour: Behaviour) -> Body:
    """Return a body with the fields of the query that it lacks, as `input` of Laravel does."""
    from .forms import read_urlencoded

    try:
        form = read_urlencoded("", query, behaviour.max_form_parts)
    except ValueError:
        return body  # too many fields
    read = _trimmed(form.fields, _TRIM[behaviour.text_trimming])
    added = {name: value for name, value in read.items() if name not in body.fields and name not in form.broken}
    return replace(body, fields={**body.fields, **added}, from_query=frozenset(added))


def parse_body(content_type: str, body: bytes, behaviour: Behaviour) -> Body:
    """Return the fields of a body; raise RefusedError.

    Values are trimmed and empty ones left out [VALID-TRIM]; a file is an Upload.
    """
    trim = _TRIM[behaviour.text_trimming]
    if content_type == _JSON:
        return Body(_trimmed(_json(body, behaviour), trim))
    found = _KIND.match(content_type.strip())
    kind = found[0].lower() if found else ""
    if kind in _forms(behaviour):
        return _form(kind, content_type, body, behaviour)
    if "/json" in kind or "+json" in kind:  # what Laravel takes for JSON
        return Body(_trimmed(_json(body, behaviour, content_type), trim))
    if body:
        *kinds, last = (_JSON, *_forms(behaviour))
        raise _unreadable(
            f"The request body must be {', '.join(kinds)} or {last}:"
            f" the Content-Type is {kind[:80] or 'missing'}.{_looks(body, behaviour)}"
        )
    return Body({})


def _forms(behaviour: Behaviour) -> tuple[str, ...]:
    """Return the types of forms that are read."""
    return (_MULTIPART, _URLENCODED) if behaviour.urlencoded == "accepted" else (_MULTIPART,)


def _json(body: bytes, behaviour: Behaviour, content_type: str = _JSON) -> Mapping[str, Any]:
    try:
        return read_json(body, content_type)
    except JsonError as malformed:
        looks = "" if _begins_with(body, b"{") else _looks(body, behaviour)
        raise _unreadable(f"{malformed}{looks}") from malformed


def _form(kind: str, content_type: str, body: bytes, behaviour: Behaviour) -> Body:
    from .forms import read_multipart, read_urlencoded  # most clients send JSON
    from .multipart import MultipartError

    if kind == _URLENCODED and _begins_with(body, b"{", b"--"):
        raise _unreadable(f"The form cannot be read.{_looks(body, behaviour)}")
    try:
        read = read_multipart if kind == _MULTIPART else read_urlencoded
        form = read(content_type, body, behaviour.max_form_parts)
    except (MultipartError, ValueError) as malformed:
        raise _unreadable(f"The form cannot be read: {malformed}.{_looks(body, behaviour)}") from malformed
    problem = f"The form cannot be read completely: {form.problem}." if form.problem else ""
    if problem and not form.fields:
        raise _unreadable(problem)
    fields = _trimmed(form.fields, _TRIM[behaviour.text_trimming])
    return Body(fields, True, kind == _MULTIPART, form.broken, frozenset(form.unchosen), problem)


def _begins_with(body: bytes, *beginnings: bytes) -> bool:
    blank = _NOT_BLANK.match(body)
    return body.startswith(beginnings, blank.end() if blank else 0)


def _looks(body: bytes, behaviour: Behaviour) -> str:
    """Return a sentence that says what the body looks like, after a space, "" if it looks like nothing known."""
    if _begins_with(body, b"{"):
        return f" It looks like JSON, sent without Content-Type: {_JSON}."
    if _begins_with(body, b"--") and b"form-data" in body[:1000].lower():
        return f" It looks like a form, sent without Content-Type: {_MULTIPART}; boundary=…"
    if _FORM_LIKE.match(body) and _URLENCODED in _forms(behaviour):
        return f" It looks like a form, sent without Content-Type: {_URLENCODED}."
    return ""


def _unreadable(message: str) -> RefusedError:
    return RefusedError(invalid([Finding("body", "unreadable", message)]))


def _trimmed(fields: Mapping[str, Any], trim: Callable[[str], str]) -> Fields:
    trimmed = {}
    for name, value in fields.items():
        kept = trim(value) if isinstance(value, str) else _trimmed_inside(value, trim)
        if kept is not None and kept != "":
            trimmed[name] = kept
    return trimmed


def _trimmed_inside(value: Any, trim: Callable[[str], str]) -> Any:
    """Return a value with the texts in its lists trimmed, and without their empty ones."""
    if not isinstance(value, list):
        return value
    trimmed = [trim(each) if isinstance(each, str) else each for each in value]
    return [each for each in trimmed if each is not None and each != ""] or None

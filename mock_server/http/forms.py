"""Forms: from parts or pairs to fields, named and nested as PHP does, and decoded by the charset that they declare."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from .charsets import DEFAULT, declared_charset, decode
from .context import Upload
from .multipart import Part, Parts, parse_multipart

_CHARSET_FIELD = "_charset_"  # RFC 7578, 4.6: the charset of all text that names none
_MAX_LEVELS = 64  # PHP's max_input_nesting_level
_INDEX = re.compile(r"0|-?[1-9][0-9]{0,17}")
_KEY = re.compile(r"\[([^\]]*)\]")
_FILE_NAME = re.compile(r"[^\[\]]*(\[[^\[\]]*\])*")  # PHP ignores a file whose brackets are not closed
_UNDERSCORES = str.maketrans(" .[", "___")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_PIECE_BYTES = 65_536
_CUT = "failed to upload: the form ends before its last boundary"


class Form(msgspec.Struct):
    """The fields of a form.

    broken: by field, the predicate of the sentence that refuses it; unchosen: the fields sent with bytes, but with an
    empty filename; problem: why a part of the form was not read, "" if all was.
    """

    fields: dict[str, Any] = msgspec.field(default_factory=dict)
    broken: dict[str, str] = msgspec.field(default_factory=dict)
    unchosen: set[str] = msgspec.field(default_factory=set)
    problem: str = ""


def read_multipart(content_type: str, body: bytes, max_parts: int) -> Form:
    """Return the fields of a multipart form; raise MultipartError."""
    found = parse_multipart(content_type, body, max_parts)
    charset = _form_charset(content_type, found)
    form = Form(problem=found.problem)
    # Files last: one wins over a text of the same name, as in Laravel.
    for part in sorted(found.parts, key=lambda part: part.filename is not None):
        if part.name is None:
            continue  # PHP numbers a file without a name
        name = decode(part.name, charset)[0]
        if part.filename is None:
            _add_text(form, name, part.data, declared_charset(part.content_type) or charset)
        else:
            _add_file(form, name, part)
    return _finished(form)


def read_urlencoded(content_type: str, body: bytes, max_fields: int) -> Form:
    """Return the fields of an urlencoded form; raise ValueError for more than `max_fields`."""
    charset = declared_charset(content_type)
    if b"\0" in body and charset:  # such as UTF-16, in which the whole body is written
        text, problem = decode(body, charset)
        if not problem:
            body, charset = text.lstrip("\ufeff").encode(errors="replace"), DEFAULT
    if body.count(b"&") >= max_fields:
        raise ValueError(f"it has more than {max_fields} fields")
    pairs = [each.replace(b"+", b" ").partition(b"=") for each in body.split(b"&") if each]
    decoded = [(_unescaped(name), _unescaped(value)) for name, _, value in pairs]
    charset = charset or _named_charset(decoded) or DEFAULT
    form = Form()
    for name, value in decoded:
        _add_text(form, decode(name.partition(b"\0")[0], charset)[0], value, charset)
    return _finished(form)


def _unescaped(data: bytes) -> bytes:
    """Return bytes with their percent-escapes decoded; malformed ones stay, as in PHP."""
    if b"%" not in data:
        return data
    # In pieces: the standard library takes 170 bytes of memory for each percent sign.
    decoded, at = bytearray(), 0
    while at < len(data):
        end = at + _PIECE_BYTES
        cut = data.find(b"%", end - 2, end)
        end = cut if cut > at and end < len(data) else end
        decoded += _ESCAPE.sub(_byte, data[at:end])
        at = end
    return bytes(decoded)


def _byte(escape: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escape[1].decode())


def _form_charset(content_type: str, found: Parts) -> str:
    texts = [(part.name, part.data) for part in found.parts if part.name and part.filename is None]
    return _named_charset(texts) or declared_charset(content_type) or DEFAULT


def _named_charset(pairs: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the value of the field `_charset_`, "" for none."""
    wanted = _CHARSET_FIELD.encode()
    return next((value.decode("latin-1").strip().lower() for name, value in pairs if name == wanted), "")


def _add_text(form: Form, name: str, data: bytes, charset: str) -> None:
    text, problem = decode(data, charset)
    field = add(form.fields, name, text)
    if problem:
        form.broken[field] = problem


def _add_file(form: Form, name: str, part: Part) -> None:
    """Add a file, unless it was not chosen: PHP then has an error in place of the file (UPLOAD_ERR_NO_FILE)."""
    if not _FILE_NAME.fullmatch(name):
        return
    if part.filename:
        field = add(form.fields, name, Upload(part.data))
        if not part.complete:  # UPLOAD_ERR_PARTIAL
            form.broken[field] = _CUT
    elif part.data:
        form.unchosen.add(add({}, name, None))


def _finished(form: Form) -> Form:
    form.fields = {name: _with_lists(value) for name, value in form.fields.items()}
    return form


def add(fields: dict[str, Any], name: str, value: Any) -> str:
    """Add a value to the fields as PHP names it, and return the field's name, "" if PHP has none.

    `a[]` and `a[key]` are arrays, kept by key; a space, a dot and an open bracket are underscores.
    """
    stem, bracket, rest = name.lstrip(" ").partition("[")
    keys, unclosed = _keys(bracket + rest)
    stem = (stem + ("" if keys else unclosed)).translate(_UNDERSCORES) if stem else ""
    if not stem or len(keys) > _MAX_LEVELS:
        return ""
    fields[stem] = _placed(fields.get(stem), keys, value)
    return stem


def _keys(rest: str) -> tuple[list[str], str]:
    """Return the keys in brackets, "" for one that appends, and an open bracket with what follows it."""
    keys, at = [], 0
    while found := _KEY.match(rest, at):
        keys.append("" if len(found[1]) == 1 and found[1].isspace() else found[1])
        at = found.end()
    return keys, rest[at:] if rest.startswith("[", at) else ""


def _placed(old: Any, keys: list[str], value: Any) -> Any:
    """Return the old value of a field with a new one at the end of a path of keys."""
    if not keys:
        return value
    array: dict[str | int, Any] = old if isinstance(old, dict) else {}
    key: str | int = int(keys[0]) if _INDEX.fullmatch(keys[0]) else keys[0]
    if key == "":
        key = max((each for each in array if isinstance(each, int)), default=-1) + 1
    array[key] = _placed(array.get(key), keys[1:], value)
    return array


def _with_lists(value: Any) -> Any:
    """Return a value with a list for each array whose keys are 0, 1, 2 and so on."""
    if not isinstance(value, dict):
        return value
    array = {key: _with_lists(each) for key, each in value.items()}
    return list(array.values()) if list(array) == list(range(len(array))) else array

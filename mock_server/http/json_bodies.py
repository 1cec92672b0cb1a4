"""JSON bodies, as json_decode of PHP reads them: from bytes to an object, and in words what is wrong with them."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import msgspec

from .charsets import declared_charset

_MAX_LEVELS = 511
_MAX_SLOW_BYTES = 65_536  # the standard library holds up all other threads
_MAX_DIGITS = 19  # PHP reads an integer of more as a float
_CONTAINERS = (dict, list)
_SCALARS = frozenset({str, int, float, bool, type(None)})
_KINDS = {dict: "an object", list: "an array", str: "a text", bool: "true or false", type(None): "null"}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonError(ValueError):
    """The body is not a JSON object; the message is a sentence that says why."""


def read_json(body: bytes, content_type: str) -> Mapping[str, Any]:
    """Return the object that a body holds, an empty one for no body; raise JsonError."""
    if not body:
        return {}
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as malformed:
        if len(body) > _MAX_SLOW_BYTES:
            _refuse(str(malformed).partition(" - at ")[0])
        value = _read_slowly(body, content_type)
    except RecursionError as deep:
        raise JsonError("The request body is not valid JSON: it is nested too deeply.") from deep
    if not isinstance(value, dict):
        raise JsonError(f"The request body must be a JSON object, not {_kind(value)}.")
    # Most bodies are flat, and need no search.
    if not _SCALARS.issuperset(map(type, value.values())) and _is_deeper(value, _MAX_LEVELS):
        raise JsonError(f"The request body is nested too deeply: more than {_MAX_LEVELS} levels.")
    return value


def _read_slowly(body: bytes, content_type: str) -> Any:
    """Return the value of a body with numbers that are too large for the quick decoder; raise JsonError for any other.

    The standard library says where a mistake is in words that people understand.
    """
    if body.startswith(_BYTE_ORDER_MARK):
        _refuse("it begins with a byte order mark: leave that out")  # json_decode refuses it, too
    try:
        text = body.decode()
        value = json.loads(text, parse_int=_integer, parse_constant=_refuse_constant)
    except UnicodeDecodeError as malformed:
        _refuse(f"byte {malformed.start} is not UTF-8", _encoding(content_type))
    except json.JSONDecodeError as malformed:
        place = f"line {malformed.lineno}, column {malformed.colno}"
        _refuse(f"{malformed.msg} ({place})", _encoding(content_type) if "\0" in text else "")
    except RecursionError:
        _refuse("it is nested too deeply")
    if _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        _refuse("a \\u escape is half of a surrogate pair")
    return value


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MAX_DIGITS else float(digits)


def _refuse_constant(name: str) -> NoReturn:
    _refuse(f"it has no {name}")


def _refuse(reason: str, hint: str = "") -> NoReturn:
    raise JsonError(f"The request body is not valid JSON: {reason}.{hint}")


def _encoding(content_type: str) -> str:
    """Return a sentence about the encoding of JSON, after a space."""
    charset = declared_charset(content_type)
    declared = f", and a charset (here {charset[:40]}) has no effect" if charset else ""
    return f" JSON is UTF-8 (RFC 8259){declared}."


def _kind(value: Any) -> str:
    kind = _KINDS.get(type(value), "a number")
    is_encoded = isinstance(value, str) and value.lstrip().startswith("{")
    return f"{kind} that holds one: encode it once" if is_encoded else kind


def _is_deeper(value: Any, levels: int) -> bool:
    """Return whether there are more levels; level by level, since each call of Python's may be one too many."""
    level = [value]
    for _ in range(levels):
        level = [inner for each in level for inner in _inside(each) if isinstance(inner, _CONTAINERS)]
    return bool(level)


def _inside(container: Any) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container

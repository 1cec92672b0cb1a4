"""Reads files into msgspec structs; an error is one sentence: the file, the key, what it takes."""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin
from urllib.parse import urlsplit

import httpx
import msgspec
import yaml

from contract_tests.errors import UsageError

T = TypeVar("T")
# msgspec reports the place of an error only in its message, as "… - at `$.accounts.low`".
_MESSAGE = re.compile(r"(?P<text>.*?)(?: - at `(?:key` in `)?\$(?P<where>[^`]*)`)?", re.DOTALL)
_UNKNOWN, _MISSING = (re.compile(f"Object {what} field `(.*)`") for what in ("contains unknown", "missing required"))
_SPACE = re.compile(r"\s")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


# Classes of their own, since msgspec calls the hook only for types that it does not know.
class OneLine(str):
    """A text on one line, without white space around it."""


class Url(str):
    """An http or https URL, without a slash at its end, to which a path can be added."""


_WORDS = {int: "a whole number", float: "a number", str: "a text", bool: "true or false", OneLine: "a text on one line"}


def read_yaml(path: Path, name: str) -> Any:
    """Return the content of a YAML or JSON file, or raise UsageError. name: what the file is, "the baseline"."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {name} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise UsageError(f"{path}: {name} is not valid YAML{where}.") from None


def decode(where: Path | str, content: Any, kind: type[T]) -> T:
    """Return the content as a struct, or raise UsageError. where: the file or the flag that it comes from."""
    try:
        return msgspec.convert(content, kind, dec_hook=_decode_text)
    except msgspec.ValidationError as error:
        raise UsageError(f"{where}: {_sentence(str(error), kind)}") from None


def similar(name: str, known: list[str]) -> str:
    """Return the end of a sentence about an unknown name: the most similar known name, or all of them."""
    close = difflib.get_close_matches(name, known, 1)
    return f"; did you mean {close[0]}?" if close else f"; known here: {', '.join(known)}."


def _decode_text(kind: type, value: Any) -> Any:
    """Return a OneLine, Url or Secret; msgspec adds the path of the value to the ValueError."""
    if kind is Url:
        return _url(value)
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("takes a text on one line")
    return kind(value.strip())


def _url(value: Any) -> Url:
    text = value.strip() if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
        valid = bool(parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0)
        # Both are stricter about the host.
        httpx.URL(text)
        (parts.hostname or "").encode("idna")
    except (ValueError, httpx.InvalidURL):
        valid = False
    # urlsplit removes line ends and tabs.
    if not valid or _SPACE.search(text):
        raise ValueError("takes an http or https URL, for example http://127.0.0.1:8010/api/v1")
    if "@" in parts.netloc:
        raise ValueError("takes a URL without a user and a password; only the token of an account is sent")
    if "?" in text or "#" in text:
        raise ValueError("takes a URL without ? and #, since paths are added to it")
    return Url(text.rstrip("/"))


def _sentence(message: str, kind: Any) -> str:
    """Return the key and what it takes, from a message of msgspec or of a check above."""
    found = _MESSAGE.fullmatch(message)
    assert found
    text, steps = found["text"], [name or number for name, number in _STEP.findall(found["where"] or "")]
    if unknown := _UNKNOWN.fullmatch(text):
        known = [field.name for field in msgspec.structs.fields(_type_at(kind, steps)[0])]
        return f"{_named(*steps, unknown[1])}unknown key{similar(unknown[1], known)}"
    if missing := _MISSING.fullmatch(text):
        steps.append(missing[1])
        return f"{_named(*steps)}is missing; it takes {_takes(*_type_at(kind, steps))}."
    # Messages of the checks above start in lower case, those of msgspec with a capital.
    return f"{_named(*steps)}{text if text[:1].islower() else f'takes {_takes(*_type_at(kind, steps))}'}."


def _named(*steps: str) -> str:
    """Return the key as it stands in the file; entries of a list count from 1."""
    names = (f"entry {int(step) + 1}" if step.isdigit() else step for step in steps)
    return f"{'.'.join(names)}: " if steps else ""


def _type_at(kind: Any, steps: Iterable[str]) -> tuple[Any, msgspec.Meta | None]:
    """Return the type of the value at a path, and its bounds."""
    plain, meta = _unwrapped(kind)
    for step in steps:
        if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
            inner = next(field.type for field in msgspec.structs.fields(plain) if field.name == step)
        else:
            inner = get_args(plain)[-1 if get_origin(plain) is dict else 0]
        plain, meta = _unwrapped(inner)
    return plain, meta


def _unwrapped(kind: Any) -> tuple[Any, msgspec.Meta | None]:
    """Return a type without its optional None, and its annotation."""
    if get_origin(kind) in {Union, UnionType}:
        kind = next(each for each in get_args(kind) if each is not NoneType)
    if get_origin(kind) is Annotated:
        plain, meta = get_args(kind)[:2]
        return plain, meta
    return kind, None


def _takes(kind: Any, meta: msgspec.Meta | None) -> str:
    if meta and meta.description:
        return meta.description
    if get_origin(kind) is Literal:
        return f"one of {', '.join(map(str, get_args(kind)))}"
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return "keys and values"
    least = f" of at least {meta.ge:g}" if meta and meta.ge is not None else ""
    return f"{_WORDS.get(kind, 'a list')}{least}"

"""Decoding: parsed data as structs. An error is one sentence: the place, what is wrong there, and what is valid."""

import json
import re
import reprlib
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec

from .faults.registry import suggestion

T = TypeVar("T")
# msgspec gives the place of an error only in its message, as "… - at `$.accounts[...].credits`".
_MESSAGE = re.compile(r"(?P<text>.*?)(?: - at `(?:key` in `)?\$(?P<where>[^`]*)`)?", re.DOTALL)
_UNKNOWN, _MISSING = (re.compile(f"Object {what} field `(.*)`") for what in ("contains unknown", "missing required"))
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_SOME = "..."  # an entry of a list or of an object; msgspec does not say which
_WORDS = {int: "an integer", float: "a number", str: "a text", bool: "true or false"}
_MAX_SHOWN_CHARACTERS = 60


class DecodingError(ValueError):
    """The data is not of that kind. The message is a sentence without its period."""


class _Place(NamedTuple):
    """A place in the data: the steps to it, the value there, and the kind that it should have."""

    steps: tuple[str, ...]
    value: Any
    kind: Any

    def __str__(self) -> str:
        return ".".join(self.steps)


def decode(content: Any, kind: type[T], whole: str = "the file") -> T:
    """Return parsed data as `kind`; raise DecodingError. whole: what the data is."""
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise DecodingError(explain(str(error), content, kind, whole)) from error


def explain(message: str, content: Any, kind: Any, whole: str) -> str:
    """Return a sentence, without its period, for a message of msgspec about `content`."""
    found = _MESSAGE.fullmatch(message)
    assert found
    text, place = found["text"], _Place((), content, kind)
    for name, number in _STEP.findall(found["where"] or ""):
        place = _below(place, name or number)
    if unknown := _UNKNOWN.fullmatch(text):
        known = [field.encode_name for field in msgspec.structs.fields(_plain(place.kind))]
        name = unknown[1][:_MAX_SHOWN_CHARACTERS]
        return f"{'.'.join((*place.steps, name))}: unknown key{suggestion(name, known)}"
    if missing := _MISSING.fullmatch(text):
        place = _below(place, missing[1])
        return f"{place} is missing; it takes {takes(place.kind)}"
    if not text.startswith("Expected") and not text.startswith("Invalid enum"):
        return f"{place}: {text}" if place.steps else text  # a check of our own, in its words
    return f"{place if place.steps else whole} takes {takes(place.kind)}, not {shown(place.value)}"


def _below(place: _Place, step: str) -> _Place:
    """Return the place one step further; of entries that msgspec does not tell apart, the first that is wrong."""
    kind = _plain(place.kind)
    if _is_struct(kind):
        inner = next((each.type for each in msgspec.structs.fields(kind) if each.encode_name == step), Any)
        value = place.value.get(step) if isinstance(place.value, Mapping) else None
        return _Place((*place.steps, step), value, inner)
    inner = get_args(kind)[-1] if get_args(kind) else Any
    entries = dict(_entries(place.value))
    names = [step] if step in entries else [name for name, value in entries.items() if not _fits(value, inner)]
    name = names[0] if names else step
    return _Place((*place.steps, _counted(name, place.value)), entries.get(name), inner)


def _entries(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((str(name), each) for name, each in value.items())
    elif isinstance(value, list | tuple):
        yield from ((str(number), each) for number, each in enumerate(value))


def _counted(name: str, value: Any) -> str:
    """Return the name of an entry; those of a list count from 1."""
    return f"entry {int(name) + 1}" if isinstance(value, list | tuple) and name.isdigit() else name


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _plain(kind: Any) -> Any:
    """Return a kind without bounds, and without None and UNSET beside it: of alternatives, the one with entries."""
    kinds = [get_args(each)[0] if get_origin(each) is Annotated else each for each in _alternatives(kind)]
    return next((each for each in kinds if _is_struct(each) or get_args(each)), kinds[0] if kinds else kind)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _alternatives(kind: Any) -> Iterator[Any]:
    for each in get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,):
        if each not in {NoneType, msgspec.UnsetType}:
            yield each


def takes(kind: Any) -> str:
    """Return what a kind takes, in words."""
    words = [_takes_one(each) for each in _alternatives(kind)]
    if NoneType in get_args(kind):
        words.append("null")
    return " or ".join(words) or "anything"


def _takes_one(kind: Any) -> str:
    meta = next((each for each in get_args(kind)[1:] if isinstance(each, msgspec.Meta)), None)
    if meta and meta.description:
        return meta.description
    plain = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if get_origin(plain) is Literal:
        return f"one of {', '.join(map(str, get_args(plain)))}"
    if get_origin(plain) is list:
        return f"a list of {takes(get_args(plain)[0])}" if get_args(plain)[0] in _WORDS else "a list"
    if _is_struct(plain):
        return f"an object with {', '.join(each.encode_name for each in msgspec.structs.fields(plain))}"
    return f"{_WORDS.get(plain, 'an object')}{_bounds(meta)}"


def _bounds(meta: msgspec.Meta | None) -> str:
    bounds = (("from", meta.ge), ("to", meta.le)) if meta else ()
    return "".join(f" {word} {bound}" for word, bound in bounds if bound is not None)


def shown(value: Any) -> str:
    try:
        text = json.dumps(value, default=str, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):  # in YAML a key can be a date, and a list can contain itself
        text = reprlib.repr(value)
    return text if len(text) <= _MAX_SHOWN_CHARACTERS else f"{text[:_MAX_SHOWN_CHARACTERS]}…"

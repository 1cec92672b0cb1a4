"""The console of an operation: the inputs of a request to send from the page."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .schemas import Field, Variant

_NUMBERS = ("integer", "number")


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a request. kind: "text", "number", "choice", "file", or "json" for anything else; place: "path",
    "query" or "body"; value: an example; values: of a choice; literal: the values are JSON, not strings.
    """

    name: str
    place: str
    kind: str
    required: bool
    value: str
    values: tuple[str, ...]
    literal: bool


@dataclass(frozen=True, slots=True)
class Form:
    """The inputs of one kind of body. encodings: the media types that accept it, none without a body."""

    title: str
    encodings: tuple[str, ...]
    inputs: tuple[Input, ...]


def forms(fields: Iterable[Field], variants: Iterable[Variant]) -> tuple[Form, ...]:
    """Return the forms of an operation: one for each variant of its body. fields: in its path and query."""
    outside = tuple(_outside(fields))
    found = tuple(
        Form(each.schema.title, each.encodings, (*outside, *(_input(field, "body") for field in each.schema.fields)))
        for each in variants
    )
    return found or (Form("", (), outside),)


def _outside(fields: Iterable[Field]) -> Iterator[Input]:
    for field in fields:
        place = next((each for each in ("path", "query") if f"in the {each}" in field.remarks), None)
        if place:
            yield _input(field, place)


def _input(field: Field, place: str) -> Input:
    kind, values = _kind(field)
    example = next(iter((*field.type.examples, *values)), "")
    return Input(
        field.name, place, kind, field.required, _text(example), tuple(map(_text, values)), not _are_texts(values)
    )


def _kind(field: Field) -> tuple[str, tuple[Any, ...]]:
    if field.type.values:
        return "choice", field.type.values
    if field.type.kind == "boolean":
        return "choice", (True, False)
    if field.type.kind in _NUMBERS:
        return "number", ()
    return {"string": "text", "file": "file"}.get(field.type.kind, "json"), ()


def _are_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(each, str) for each in values)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

"""Corrections: the nearest valid body, and field by field what it changes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server.contract.parameters import Choice, Fields, Parameters, Variant
from mock_server.domain.entry import Problem

from .values import Schema, as_text, example, is_size, likeness, most_alike, nearest_value

_ALIKE = 0.6
_MISSPELT = 0.75
_CONSIDERED = 50
# A limit of the mock's own stands in no document, only in the words of what went beyond it.
_BOUND = re.compile(r"(?:greater|more) than ([0-9]{1,18})\b")


@dataclass(frozen=True, slots=True)
class Correction:
    """One field that has to change. sent: None where it was missing; nearest: None where it is left out."""

    field: str
    sent: Any
    nearest: Any
    problem: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A valid body, and what it changes. A file in it is {"file": its size in bytes, or what it may be}."""

    body: Mapping[str, Any]
    corrections: tuple[Correction, ...]


def corrected(parameters: Parameters, sent: Fields, problems: Sequence[Problem] = ()) -> Corrected:
    """Return the nearest valid body; `problems` are those that the mock found, its own limits among them."""
    sent = {name: value for name, value in sent.items() if value is not None and value != ""}
    variant, decided = _decided(parameters, sent)
    moved = _moved(parameters, variant, decided)
    wanted = {name: decided[moved.get(name, name)] for name in variant.properties if moved.get(name, name) in decided}
    bounds = {each.field: _bound(each) for each in problems}
    body = _valid(variant, wanted, bounds)
    known = [*problems, *_problems(parameters.pick(sent), sent), *_problems(variant, sent)]
    messages = {each.field: each.message for each in reversed(known)}
    changed = [
        Correction(name, sent.get(name), value, messages[name])
        for name, value in body.items()
        if name in bounds or name not in sent or not _same(sent[name], value)
    ]
    foreign = [Correction(each.field, None, None, each.message) for each in problems if each.field not in body]
    left_out = [Correction(old, sent[old], None, f"Its value belongs into {new}.") for new, old in moved.items()]
    return Corrected(body, (*foreign, *changed, *left_out))


def _decided(parameters: Parameters, fields: Fields) -> tuple[Variant, Fields]:
    """Return the variant that the fields lead to, or nearly lead to, and the fields as they lead there."""
    while isinstance(parameters, Choice):
        value = _branch(parameters, fields)
        fields = {**fields, parameters.discriminator: value}
        parameters = parameters.branches[value]
    return parameters, fields


def _branch(choice: Choice, fields: Fields) -> str:
    """Return the choice asked for, else the one most like it, else the one that takes most of the fields."""
    asked = as_text(fields.get(choice.discriminator)) or ""
    nearest = asked if asked in choice.branches else most_alike(asked, choice.branches)
    if likeness(asked, nearest) >= _ALIKE:
        return nearest
    return max(choice.branches, key=lambda value: len(_declared(choice.branches[value]).keys() & fields.keys()))


def _variants(parameters: Parameters) -> Iterator[Variant]:
    if isinstance(parameters, Variant):
        yield parameters
        return
    for branch in parameters.branches.values():
        yield from _variants(branch)


def _declared(parameters: Parameters) -> Mapping[str, Schema]:
    return {name: schema for variant in _variants(parameters) for name, schema in variant.properties.items()}


def _moved(parameters: Parameters, variant: Variant, fields: Fields) -> dict[str, str]:
    """Return for each required property that is missing the field that stands for it, if one does."""
    declared = _declared(parameters)
    spare = [name for name in fields if name not in variant.properties][:_CONSIDERED]
    moved: dict[str, str] = {}
    for name in variant.properties:
        free = [each for each in spare if each not in moved.values()]
        if name in variant.missing and name not in fields and (found := _stand_in(name, free, declared)):
            moved[name] = found
    return moved


def _stand_in(name: str, spare: Sequence[str], declared: Mapping[str, Schema]) -> str | None:
    """Return the field of another engine that means the same, else one that is `name` misspelt."""
    for each in spare:
        if each in declared and _kind(declared[each]) == _kind(declared[name]):
            return each
    misspelt = [each for each in spare if each not in declared and likeness(each, name) >= _MISSPELT]
    return most_alike(name, misspelt) if misspelt else None


def _kind(schema: Schema) -> object:
    return "size" if is_size(schema) else schema


def _valid(variant: Variant, wanted: Fields, bounds: Mapping[str, int | None]) -> dict[str, Any]:
    """Return a body without findings: what is valid stays, the rest becomes the nearest value or the example."""
    wrong = bounds.keys() | {each.field for each in _problems(variant, wanted)}
    body = {
        name: nearest_value(wanted[name], schema, bounds.get(name)) if name in wrong else wanted[name]
        for name, schema in variant.properties.items()
        if name in wanted
    }
    for each in _problems(variant, body):
        body[each.field] = example(variant.properties[each.field])
    return {name: body[name] for name in variant.properties if name in body}


def _problems(variant: Variant, fields: Fields) -> list[Problem]:
    found = variant.check({name: "" if name in variant.files else value for name, value in fields.items()})
    files = [name for name, value in fields.items() if name in variant.files and not _is_upload(value)]
    return [Problem(each.field, each.code, each.message) for each in found] + [
        Problem(name, "type", "The field must be a file, sent as multipart/form-data.") for name in files
    ]


def _is_upload(value: Any) -> bool:
    return isinstance(value, Mapping) and value.keys() == {"file"}


def _bound(problem: Problem) -> int | None:
    found = _BOUND.search(problem.message)
    return int(found[1]) if found else None


def _same(left: Any, right: Any) -> bool:
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)

"""Corrections: the nearest valid body, and its changes field by field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server.contract.parameters import Choice, Fields, Parameters, Variant
from mock_server.domain.entry import Problem

from .values import Schema, as_text, example, most_similar, nearest_value, similarity

_MIN_SIMILARITY = 0.6
_MIN_MISSPELLING_SIMILARITY = 0.75
_MAX_CONSIDERED = 50
# The document has no limits of the mock's own: only the message of a finding names them.
_BOUND = re.compile(r"(?:greater|more) than ([0-9]{1,18})\b")


@dataclass(frozen=True, slots=True)
class Correction:
    """One field to change. sent: None if it was missing; nearest: None if it is left out."""

    field: str
    sent: Any
    nearest: Any
    problem: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A valid body, and its changes. A file in it is {"file": its size in bytes, or a description}."""

    body: Mapping[str, Any]
    corrections: tuple[Correction, ...]


def corrected(parameters: Parameters, sent: Fields, problems: Sequence[Problem] = ()) -> Corrected:
    """Return the nearest valid body; problems: those that the mock found, including those with its own limits."""
    sent = {name: value for name, value in sent.items() if value is not None and value != ""}
    variant, decided = _decided(parameters, sent)
    moved = _moved(parameters, variant, decided)
    wanted = {name: decided[moved.get(name, name)] for name in variant.properties if moved.get(name, name) in decided}
    bounds = {each.field: _bound(each) for each in problems}
    body = _valid(variant, wanted, bounds)
    known = [*problems, *_problems(parameters.pick(sent), sent), *_problems(variant, sent)]
    # Reversed: of several messages about a field, the first stays.
    messages = {each.field: each.message for each in reversed(known)}
    changed = [
        Correction(name, sent.get(name), value, messages[name])
        for name, value in body.items()
        if name in bounds or name not in sent or not _same(sent[name], value)
    ]
    foreign = [Correction(each.field, None, None, each.message) for each in problems if each.field not in body]
    left_out = [Correction(old, sent[old], None, f"Move its value to {new}.") for new, old in moved.items()]
    return Corrected(body, (*foreign, *changed, *left_out))


def _decided(parameters: Parameters, fields: Fields) -> tuple[Variant, Fields]:
    """Return the variant that the fields choose, or nearly choose, and the fields that choose it exactly."""
    while isinstance(parameters, Choice):
        value = _branch(parameters, fields)
        fields = {**fields, parameters.discriminator: value}
        parameters = parameters.branches[value]
    return parameters, fields


def _branch(choice: Choice, fields: Fields) -> str:
    """Return the choice in the fields, else the one most like it, else the one that has most of the fields."""
    asked = as_text(fields.get(choice.discriminator)) or ""
    nearest = asked if asked in choice.branches else most_similar(asked, choice.branches)
    if similarity(asked, nearest) >= _MIN_SIMILARITY:
        return nearest
    return max(choice.branches, key=lambda value: len(_declared(choice.branches[value]).keys() & fields.keys()))


def _declared(parameters: Parameters) -> Mapping[str, Schema]:
    return {name: schema for variant in parameters.variants() for name, schema in variant.properties.items()}


def _moved(parameters: Parameters, variant: Variant, fields: Fields) -> dict[str, str]:
    """Return, for each missing required property, the field that was sent in its place."""
    declared = _declared(parameters)
    spare = [name for name in fields if name not in variant.properties][:_MAX_CONSIDERED]
    moved: dict[str, str] = {}
    for name in variant.properties:
        free = [each for each in spare if each not in moved.values()]
        if name in variant.missing and name not in fields and (found := _stand_in(name, free, declared)):
            moved[name] = found
    return moved


def _stand_in(name: str, spare: Sequence[str], declared: Mapping[str, Schema]) -> str | None:
    """Return the field of another engine with the same meaning, else a misspelling of `name`."""
    for each in spare:
        if each in declared and _kind(declared[each]) == _kind(declared[name]):
            return each
    misspelt = [
        each for each in spare if each not in declared and similarity(each, name) >= _MIN_MISSPELLING_SIMILARITY
    ]
    return most_similar(name, misspelt) if misspelt else None


def _kind(schema: Schema) -> object:
    """Return what two fields share that mean the same: their role, unless many fields may have it."""
    role = schema.get("x-role")
    return role if role and role != "modifier" else schema


def _valid(variant: Variant, wanted: Fields, bounds: Mapping[str, int | None]) -> dict[str, Any]:
    """Return a body without findings: valid values stay, others become the nearest value or the example."""
    wrong = bounds.keys() | {each.field for each in _problems(variant, wanted)}
    body = {
        name: nearest_value(wanted[name], schema, bounds.get(name)) if name in wrong else wanted[name]
        for name, schema in variant.properties.items()
        if name in wanted
    }
    # The nearest value may break another keyword of its schema; an example breaks none.
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
    # In Python, True equals 1.
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)

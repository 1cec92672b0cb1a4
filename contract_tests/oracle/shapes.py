"""The contradictions between a body and its schema: one for each cause, however many entries show it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

_MAX_CHARACTERS = 200
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class ShapeError:
    """problem: the same for every reply with this cause. example: the first value in this reply, and how many."""

    problem: str
    example: str


def shape_validator(schema: Any) -> jsonschema_rs.Validator:
    # The mask keeps values out of the messages, which depend on the cause alone then.
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True, mask="the value")


def shape_errors(validator: jsonschema_rs.Validator, body: Any) -> Iterator[ShapeError]:
    found: dict[str, list[Any]] = {}
    for error in validator.iter_errors(_encodable(body)):
        found.setdefault(f"{_where(error)}: {error.message}", []).append(error.instance)
    for problem, values in found.items():
        places = f", in {len(values)} places" if len(values) > 1 else ""
        yield ShapeError(problem, f"for example {_shown(values[0])}{places}")


def _encodable(body: Any) -> Any:
    """Return a body with lone surrogates replaced, which JSON can contain and the validator does not take."""
    text = json.dumps(body, ensure_ascii=False)
    return json.loads(text.encode("utf-8", "replace")) if _SURROGATE.search(text) else body


def _where(error: jsonschema_rs.ValidationError) -> str:
    """Return the place of a value, without the number of its entry or a key that the document does not name."""
    path = list(error.instance_path)
    if "additionalProperties" in error.schema_path:
        return "a value"
    names = [part for part in path if isinstance(part, str)]
    if len(names) == len(path):
        return "/".join(names) or "the body"
    # The name of the list is left out: images are the same in every operation.
    return "an entry" if isinstance(path[-1], int) else f"{path[-1]} of an entry"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}…"

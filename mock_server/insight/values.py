"""Values: the nearest valid value of a property."""

import math
import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any

from mock_server.contract.parameters import choices

Schema = Mapping[str, Any]
Size = tuple[int, int]

A_PICTURE = "a PNG, JPEG or WebP picture"
_PLAIN = {"boolean": True, "array": [], "object": {}}
_MAX_CHARACTERS = 500
# 18 digits are far beyond any limit, and never too many to count with.
_SIZE = re.compile(r"([0-9]{1,18})\s*(?:[x\u00d7*:, ]\s*([0-9]{1,18}))?", re.IGNORECASE)
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_MAX_NUMBER = 10**18


def nearest_value(value: Any, schema: Schema, bound: int | None = None) -> Any:
    """Return the valid value nearest to `value`, or the property's example.

    bound: a limit of the mock's own: the largest number, the longest text, the most pixels of a size.
    """
    if is_file(schema):
        return example(schema)
    if choices(schema):
        return _choice(value, schema, bound)
    if schema.get("type") == "integer":
        return _integer(value, schema, bound)
    if is_size(schema):
        return _size(value, schema, bound)
    text = as_text(value) if schema.get("type") == "string" else None
    return example(schema) if text is None else text[:bound]


def example(schema: Schema) -> Any:
    """Return a valid value: the document's example, else the first choice or the smallest number."""
    if is_file(schema):
        return {"file": A_PICTURE}
    known = [*schema.get("examples", ()), *choices(schema)]
    if known:
        return known[0]
    kind = schema.get("type")
    return schema.get("minimum", 1) if kind in ("integer", "number") else _PLAIN.get(str(kind), "text")


def is_file(schema: Schema) -> bool:
    """Return whether the property is a file."""
    return schema.get("format") == "binary"


def is_size(schema: Schema) -> bool:
    """Return whether the property is a WIDTHxHEIGHT."""
    return re.fullmatch("[0-9]+x[0-9]+", str(example(schema))) is not None


def similarity(left: str, right: str) -> float:
    """Return the similarity of two names, from 0 to 1, without case and punctuation."""
    return SequenceMatcher(None, _letters(left[:_MAX_CHARACTERS]), _letters(right[:_MAX_CHARACTERS])).ratio()


def most_similar(text: str, names: Iterable[str]) -> str:
    """Return the name most like `text`, the first of several."""
    return max(names, key=lambda name: similarity(text, name))


def as_text(value: Any) -> str | None:
    """Return a text, or a number of a sane length, as text; None for anything else."""
    if isinstance(value, str):
        return value[:_MAX_CHARACTERS]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if number and -_MAX_NUMBER < value < _MAX_NUMBER else None


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _choice(value: Any, schema: Schema, bound: int | None) -> Any:
    text, known = as_text(value), {str(each): each for each in choices(schema)}
    size = size_of(text)
    sizes = {each: named for each in known if (named := size_of(each)) and named[0] * named[1] <= (bound or math.inf)}
    if text is None or (sizes and size is None):
        return example(schema)
    if sizes and size:
        return known[min(sizes, key=lambda each: _distance(sizes[each], size))]
    return known[most_similar(text, known)]


def _integer(value: Any, schema: Schema, bound: int | None) -> int:
    least: int = schema.get("minimum", example(schema))
    number = _number(value)
    limits = [each for each in (schema.get("maximum"), bound) if each is not None]
    return max(least, least if number is None else min([number, *limits]))


def _number(value: Any) -> int | None:
    if isinstance(value, str):
        found = _INTEGER.search(value)
        return int(found[0]) if found else None
    if isinstance(value, float):
        return int(value) if math.isfinite(value) else None
    return int(value) if isinstance(value, int) else None


def _size(value: Any, schema: Schema, bound: int | None) -> str:
    size = size_of(as_text(value))
    if size is None:
        return str(example(schema))
    width, height = size
    if bound and width * height > bound:
        # The largest size of the same shape.
        width = min(bound, max(1, math.isqrt(bound * width // height)))
        height = bound // width
    return f"{width}x{height}"


def size_of(text: str | None) -> Size | None:
    """Return the width and height that a text names, "512" being 512x512; None if a side is missing or 0."""
    found = _SIZE.search(text) if text else None
    if not found:
        return None
    width, height = int(found[1]), int(found[2] or found[1])
    return (width, height) if width and height else None


def _distance(left: Size, right: Size) -> float:
    """Return the distance of two sizes: in area, plus twice the one in shape."""
    wider, higher = math.log(left[0] / right[0]), math.log(left[1] / right[1])
    return abs(wider + higher) + 2 * abs(wider - higher)

"""Findings: everything wrong with a request's parameters, as data, worded like the API's framework does."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Schema = Mapping[str, Any]

_TYPES = {
    "string": "must be a string",
    "integer": "must be an integer",
    "number": "must be a number",
    "boolean": "must be true or false",
    "array": "must be an array",
    "object": "must be an object",
}


class Finding(NamedTuple):
    """One thing wrong with one field.

    field: name of the parameter; code: the keyword it breaks ("required", "enum", ...); message: one sentence;
    rule: id of the rule that requires the field, if the document names one; limit: the document allows the value, and
    a limit of the service does not.
    """

    field: str
    code: str
    message: str
    rule: str | None = None
    limit: bool = False


def label(field: str) -> str:
    """Return the field's name as messages write it: "image_src" is "image src"."""
    return field.replace("_", " ")


def finding(field: str, code: str, predicate: str, rule: str | None = None) -> Finding:
    """Return the finding "The <field> field <predicate>."."""
    return Finding(field, code, f"The {label(field)} field {predicate}.", rule)


def required(field: str, condition: tuple[str, str] | None, rule: str | None = None) -> Finding:
    """Return the finding for a missing field; `condition` is the field and value that make it required."""
    when = f" when {label(condition[0])} is {condition[1]}" if condition else ""
    return finding(field, "required", f"is required{when}", rule)


def broken(path: Sequence[str | int], keyword: str, schema: Schema) -> Finding:
    """Return the finding for a property that breaks its schema. path: its place; keyword: the broken one."""
    field = str(path[0])
    if len(path) > 1:  # the keyword is that of a value inside, which `schema` does not describe
        return finding(field, keyword, "is invalid inside")
    limit = schema.get(keyword)
    match keyword:
        case "enum" | "const":
            return Finding(field, keyword, f"The selected {label(field)} is invalid.{_choices(limit)}")
        case "type":
            return finding(field, keyword, _TYPES.get(str(limit), "has the wrong type"))
        case "minimum":
            return finding(field, keyword, f"must be at least {limit}")
        case "maximum":
            return finding(field, keyword, f"must not be greater than {limit}")
        case "minLength":
            return finding(field, keyword, f"must be at least {limit} characters")
        case "maxLength":
            return finding(field, keyword, f"must not be greater than {limit} characters")
        case "pattern":
            return finding(field, keyword, f"format is invalid: expected {_form(schema)}")
        case _:
            return finding(field, keyword, "is invalid")


def _choices(values: object) -> str:
    return f" Choose one of: {', '.join(map(str, values))}." if isinstance(values, list) else ""


def _form(schema: Schema) -> str:
    examples = schema.get("examples")
    return f"the form of {examples[0]}" if examples else f"a match of {schema['pattern']}"

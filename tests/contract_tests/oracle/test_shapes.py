from typing import Any

import pytest

from contract_tests.oracle.shapes import shape_errors, shape_validator

ENTRY = {
    "type": "object",
    "required": ["title"],
    "properties": {"title": {"type": "string"}, "created_at": {"type": "string", "format": "date-time"}},
    "additionalProperties": {"type": "integer"},
}
VALIDATOR = shape_validator(
    {"anyOf": [{"type": "array"}, {"type": "object"}], "items": ENTRY, "properties": {"images": {"items": ENTRY}}}
)
ZONELESS = {"title": "a", "created_at": "2026-02-26T10:00:00"}


def errors(body: Any) -> list[tuple[str, str]]:
    return [(error.problem, error.example) for error in shape_errors(VALIDATOR, body)]


def test_a_valid_body_has_none() -> None:
    assert errors([{"title": "\ud800"}]) == []


@pytest.mark.parametrize("body", [[ZONELESS] * 10, {"images": [ZONELESS] * 10}])
def test_one_cause_in_many_entries_is_one_error(body: Any) -> None:
    problem = 'created_at of an entry: the value is not a "date-time"'
    assert errors(body) == [(problem, 'for example "2026-02-26T10:00:00", in 10 places')]


@pytest.mark.parametrize(
    ("body", "problem", "example"),
    [
        (5, "the body: the value is not valid under any of the schemas listed in the 'anyOf' keyword", "5"),
        ([{}], 'an entry: "title" is a required property', "{}"),
        ([{"title": "\ud800", "size": "\ud800"}], 'a value: the value is not of type "integer"', '"?"'),
        ([{"title": ["x" * 5000]}], 'title of an entry: the value is not of type "string"', f'["{"x" * 198}…'),
    ],
)
def test_the_point_of_a_message_is_not_cut_for_its_value(body: Any, problem: str, example: str) -> None:
    assert errors(body) == [(problem, f"for example {example}")]

"""Messages about invalid fields."""

from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from mock_server.contract.findings import Finding, broken, finding, label, required


def findings(schema: dict[str, Any], value: Any, field: str = "image_size") -> list[Finding]:
    validator = Draft202012Validator({"properties": {field: schema}})
    return [
        broken(error.instance_path, str(error.schema_path[-1]), schema)
        for error in validator.iter_errors({field: value})
    ]


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"enum": ["small", "large"]}, "huge", "The selected image size is invalid. Choose one of: small, large."),
        ({"enum": [1, 2]}, 3, "The selected image size is invalid. Choose one of: 1, 2."),
        ({"const": "small"}, "huge", "The selected image size is invalid."),
        ({"type": "string"}, 1, "The image size field must be a string."),
        ({"type": "integer"}, "1", "The image size field must be an integer."),
        ({"type": "number"}, "1", "The image size field must be a number."),
        ({"type": "boolean"}, "yes", "The image size field must be true or false."),
        ({"type": "array"}, "1", "The image size field must be an array."),
        ({"type": "object"}, "1", "The image size field must be an object."),
        ({"type": "null"}, "1", "The image size field has the wrong type."),
        ({"minimum": 1}, 0, "The image size field must be at least 1."),
        ({"maximum": 4}, 5, "The image size field must not be greater than 4."),
        ({"minLength": 2}, "a", "The image size field must be at least 2 characters."),
        ({"maxLength": 2}, "abc", "The image size field must not be greater than 2 characters."),
        ({"pattern": "^a+$"}, "b", "The image size field format is invalid: expected a match of ^a+$."),
        (
            {"pattern": "^[0-9]+x[0-9]+$", "examples": ["512x512"]},
            "b",
            "The image size field format is invalid: expected the form of 512x512.",
        ),
        ({"multipleOf": 2}, 3, "The image size field is invalid."),
    ],
)
def test_a_violated_keyword_has_its_message(schema: dict[str, Any], value: Any, message: str) -> None:
    keyword = next(iter(schema))
    assert findings(schema, value) == [Finding("image_size", keyword, message)]


def test_each_violated_keyword_is_a_separate_finding() -> None:
    found = findings({"minLength": 2, "pattern": "^b"}, "a")
    assert {each.code for each in found} == {"minLength", "pattern"}


def test_a_field_is_named_in_words() -> None:
    assert label("image_number_of_images") == "image number of images"


def test_a_missing_field_is_required() -> None:
    assert required("image_src", None) == Finding("image_src", "required", "The image src field is required.")


def test_a_missing_field_is_reported_with_the_choice_that_requires_it() -> None:
    found = required("image_src", ("image_type", "image-to-image"))
    assert found.message == "The image src field is required when image type is image-to-image."


def test_a_finding_is_one_sentence_about_one_field() -> None:
    assert finding("mood", "size", "is too dark") == Finding("mood", "size", "The mood field is too dark.")

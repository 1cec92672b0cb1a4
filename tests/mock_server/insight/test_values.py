"""The valid value that is nearest to an invalid one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from mock_server.insight.values import A_PICTURE, example, nearest_value, similarity, size_of

SIZES = {"type": "string", "enum": ["256x256", "512x512", "1024x1024", "1792x1024", "1024x1792"]}
RESOLUTION = {"type": "string", "pattern": "^[1-9][0-9]*x[1-9][0-9]*$", "examples": ["512x512"]}
QUALITY = {"type": "string", "enum": ["standard", "hd"]}
COUNT = {"type": "integer", "minimum": 1, "examples": [1]}
TEXT = {"type": "string", "examples": ["calm"]}
FILE = {"type": "string", "format": "binary"}
SCHEMAS = [SIZES, RESOLUTION, QUALITY, COUNT, {**COUNT, "maximum": 4}, TEXT]


@pytest.mark.parametrize(
    ("sent", "nearest"),
    [
        ("1000x1000", "1024x1024"),
        ("1024X1024", "1024x1024"),
        ("1024 \u00d7 1024 px", "1024x1024"),
        ("1920x1080", "1792x1024"),
        ("1080x1920", "1024x1792"),
        ("300x200", "256x256"),
        ("9x9", "256x256"),
        (512, "512x512"),
        ("1024", "1024x1024"),
        ("9" * 400, "1024x1024"),
        ("0x100", "256x256"),
        ("large", "256x256"),
        (None, "256x256"),
        (["512x512"], "256x256"),
    ],
)
def test_a_size_becomes_the_closest_one_by_area_and_shape(sent: Any, nearest: str) -> None:
    assert nearest_value(sent, SIZES) == nearest


def test_a_choice_of_sizes_respects_the_maximum_of_pixels() -> None:
    assert nearest_value("1024x1024", SIZES, 300_000) == "512x512"


@pytest.mark.parametrize(
    ("sent", "bound", "nearest"),
    [
        ("640 X 480", None, "640x480"),
        ("0064x048", None, "64x48"),
        (768, None, "768x768"),
        ("wide", None, "512x512"),
        ("64x0", None, "512x512"),
        ("2000x1000", 20_000, "200x100"),
        ("99999999x1", 100, "100x1"),
        ("1x99999999", 100, "1x100"),
    ],
)
def test_a_free_size_is_normalized_and_reduced_to_the_maximum(sent: Any, bound: int | None, nearest: str) -> None:
    assert nearest_value(sent, RESOLUTION, bound) == nearest


@given(st.integers(1, 10**18), st.integers(1, 10**18), st.integers(1, 10**8))
def test_a_size_never_exceeds_the_maximum_of_pixels(width: int, height: int, bound: int) -> None:
    size = size_of(nearest_value(f"{width}x{height}", RESOLUTION, bound))
    assert size
    assert size[0] * size[1] <= max(bound, 1)


@pytest.mark.parametrize(
    ("sent", "nearest"),
    [
        ("HD", "hd"),
        ("h.d.", "hd"),
        ("Standard quality", "standard"),
        ("", "standard"),
        (7, "standard"),
        (True, "standard"),
    ],
)
def test_a_choice_becomes_the_most_similar_one(sent: Any, nearest: str) -> None:
    assert nearest_value(sent, QUALITY) == nearest


@pytest.mark.parametrize(
    ("sent", "bound", "nearest"),
    [
        ("3", None, 3),
        ("3 images", None, 3),
        ("three", None, 1),
        ("-4", None, 1),
        (0, None, 1),
        (11, 10, 10),
        ("11", 10, 10),
        (2.7, None, 2),
        (float("nan"), None, 1),
        (float("inf"), 10, 1),
        (True, None, 1),
        ([3], None, 1),
        (10**30, 10, 10),
    ],
)
def test_a_number_is_parsed_from_text_and_clamped(sent: Any, bound: int | None, nearest: int) -> None:
    found = nearest_value(sent, COUNT, bound)
    assert (found, type(found)) == (nearest, int)


def test_a_number_respects_the_maximum_of_the_document() -> None:
    assert nearest_value(9, {**COUNT, "maximum": 4}, 7) == 4


@pytest.mark.parametrize(
    ("sent", "bound", "nearest"),
    [(5, None, "5"), (0.5, None, "0.5"), (True, None, "calm"), ({}, None, "calm"), ("abc", 2, "ab")],
)
def test_a_text_is_converted_truncated_or_replaced(sent: Any, bound: int | None, nearest: str) -> None:
    assert nearest_value(sent, TEXT, bound) == nearest


@pytest.mark.parametrize("sent", ["text", {"file": 12}, None])
def test_a_file_is_replaced_by_a_description(sent: Any) -> None:
    assert nearest_value(sent, FILE) == {"file": A_PICTURE}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"enum": ["a", "b"], "examples": ["b"]}, "b"),
        ({"enum": ["a", "b"]}, "a"),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "number"}, 1),
        ({"type": "boolean"}, True),
        ({"type": "array"}, []),
        ({"type": "object"}, {}),
        ({"type": "string"}, "text"),
    ],
)
def test_an_example_comes_from_the_document_if_it_has_one(schema: dict[str, Any], value: Any) -> None:
    assert example(schema) == value


def test_similarity_ignores_case_and_punctuation() -> None:
    assert similarity("Stable_Diffusion", "stable-diffusion") == 1
    assert similarity("midjourney", "ideogram") < 0.6


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_nearest_value_is_always_valid(schema: dict[str, Any]) -> None:
    takes = Draft202012Validator(schema)

    @given(ANYTHING, st.none() | st.integers(1, 10**6))
    def holds(value: Any, bound: int | None) -> None:
        assert takes.is_valid(nearest_value(value, schema, bound))

    holds()

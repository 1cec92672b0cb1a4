from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct

from contract_tests.errors import UsageError
from contract_tests.runner.decoding import OneLine, Url, decode, similar


class Part(Struct, forbid_unknown_fields=True):
    name: OneLine
    size: Annotated[int, Meta(ge=1)] = 1


class Whole(Struct, forbid_unknown_fields=True):
    parts: list[Part]
    colour: Literal["red", "blue"] | None = None
    share: Annotated[float, Meta(ge=0.5)] | None = None
    home: Url | None = None
    is_open: bool = False


def test_returns_a_struct_with_trimmed_texts() -> None:
    whole = decode("file", {"parts": [{"name": " a "}], "home": "http://h/x/", "share": None}, Whole)
    assert (whole.parts[0].name, whole.parts[0].size, whole.home, whole.share) == ("a", 1, "http://h/x", None)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ([], "takes keys and values."),
        ({}, "parts: is missing; it takes a list."),
        ({"parts": {}}, "parts: takes a list."),
        ({"parts": [{"name": "a"}, 5]}, "parts.entry 2: takes keys and values."),
        ({"parts": [{}]}, "parts.entry 1.name: is missing; it takes a text on one line."),
        ({"parts": [{"name": "a\nb"}]}, "parts.entry 1.name: takes a text on one line."),
        ({"parts": [{"name": "a", "size": 0}]}, "parts.entry 1.size: takes a whole number of at least 1."),
        ({"parts": [{"name": "a", "size": True}]}, "parts.entry 1.size: takes a whole number of at least 1."),
        ({"parts": [{"name": "a", "sise": 2}]}, "parts.entry 1.sise: unknown key; did you mean size?"),
        ({"parts": [{"name": "a", "weight": 2}]}, "parts.entry 1.weight: unknown key; known here: name, size."),
        ({"parts": [], "colour": "green"}, "colour: takes one of red, blue."),
        ({"parts": [], "share": float("nan")}, "share: takes a number of at least 0.5."),
        ({"parts": [], "home": "h"}, "home: takes an http or https URL, for example http://127.0.0.1:8010/api/v1."),
        ({"parts": [], "is_open": "yes"}, "is_open: takes true or false."),
    ],
)
def test_an_error_names_the_key_and_its_valid_values(content: object, sentence: str) -> None:
    with pytest.raises(UsageError) as error:
        decode("file.yaml", content, Whole)
    assert str(error.value) == f"file.yaml: {sentence}"


def test_a_similar_name_is_proposed() -> None:
    assert similar("LOCK-TWO", ["AUTH", "LOCK-ONE"]) == "; did you mean LOCK-ONE?"
    assert similar("X", ["AUTH", "LOCK-ONE"]) == "; known here: AUTH, LOCK-ONE."

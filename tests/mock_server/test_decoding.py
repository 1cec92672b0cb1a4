"""Data as structs, with a sentence for what is wrong."""

from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Meta, UnsetType

from mock_server.decoding import DecodingError, decode


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    count: Annotated[int, Meta(ge=0, le=9)]
    kind: Literal["a", "b"] | None = None
    names: list[str] = []


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    entries: dict[str, Inner] = {}
    rows: list[Inner] = []
    ratio: float | UnsetType = UNSET
    on: bool = False
    either: Annotated[str, Meta(description="a word")] | Inner | None = None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "the file takes an object with entries, rows, ratio, on, either, not null"),
        ({"entry": {}}, "entry: unknown key; did you mean entries?"),
        (
            {"entries": {"x": {"count": 1}, "y": {"count": "1"}}},
            'entries.y.count takes an integer from 0 to 9, not "1"',
        ),
        ({"entries": {"x": {"count": 10}}}, "entries.x.count takes an integer from 0 to 9, not 10"),
        ({"entries": {"x": {"count": 1}, "y": {}}}, "entries.y.count is missing; it takes an integer from 0 to 9"),
        ({"entries": {"x": {"count": 1, "kind": "c"}}}, 'entries.x.kind takes one of a, b or null, not "c"'),
        ({"rows": [{"count": 1}, {"count": 1, "name": 1}]}, "rows.entry 2.name: unknown key; did you mean names?"),
        ({"rows": [{"count": 1, "names": ["a", 2]}]}, "rows.entry 1.names.entry 2 takes a text, not 2"),
        ({"rows": {}}, "rows takes a list, not {}"),
        ({"ratio": "half"}, 'ratio takes a number, not "half"'),
        ({"either": {"cuont": 1}}, "either.cuont: unknown key; did you mean count?"),
        ({"either": {}}, "either.count is missing; it takes an integer from 0 to 9"),
        ({"either": {"count": "1"}}, 'either.count takes an integer from 0 to 9, not "1"'),
        ({"either": 1}, "either takes a word or an object with count, kind, names or null, not 1"),
        ({"on": 1}, "on takes true or false, not 1"),
        ({"on": "x" * 100}, f'on takes true or false, not "{"x" * 59}…'),
    ],
)
def test_an_error_names_the_place_what_is_wrong_and_what_is_valid(content: Any, sentence: str) -> None:
    with pytest.raises(DecodingError) as error:
        decode(content, Outer)
    assert str(error.value) == sentence


def test_valid_data_is_decoded() -> None:
    assert decode({"entries": {"x": {"count": 1}}}, Outer) == Outer({"x": Inner(1)})


_DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["either", "entries", "rows", "count", "kind", "names", "x"]), inner, max_size=3
        )
    ),
    max_leaves=10,
)


@given(_DATA)
def test_any_data_is_decoded_or_refused_in_a_sentence_without_the_words_of_the_decoder(content: Any) -> None:
    sentence = ""
    try:
        decode(content, Outer)
    except DecodingError as error:
        sentence = str(error)
    assert not {"`", "$"} & set(sentence.partition(", not ")[0])


def test_a_value_of_thousands_of_levels_is_shown_by_its_beginning() -> None:
    deep: list[object] = []
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(DecodingError, match=r"^the file takes an object with .*, not \[\[\[.*"):
        decode(deep, Outer)

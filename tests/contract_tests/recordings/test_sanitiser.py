"""The sanitiser: nothing unknown is left, equal texts stay equal, and a text that was sanitised stays as it is."""

import json
import re
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.client.masking import Masker, Secret
from contract_tests.recordings.sanitiser import MAX_DEPTH, Sanitiser, TooDeepError
from contract_tests.recordings.stand_ins import StandIns
from contract_tests.recordings.vocabulary import is_public
from contract_tests.recordings.words import words

TOKEN = "12|canary/7f3e9a51c2d84b06+Zq&x=="
ADDRESS = "http://api.zembla.example:8443/api/v1"
_SHORT = st.text(st.sampled_from("aZ7-_ .%/é密"), max_size=12)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    _SHORT,
    st.from_regex(r"[A-Z][a-z]{0,3}[0-9]{0,4}", fullmatch=True),
)
NUMBERS = st.one_of(st.integers(), st.integers(-1000, 1000), st.floats(allow_nan=False, allow_infinity=False))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(TEXTS, NUMBERS, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


def sanitiser(*known: str, seed: int = 7) -> Sanitiser:
    return Sanitiser(Masker([Secret(TOKEN)]), StandIns(seed, known), (ADDRESS,))


def encoded(value: Any) -> bytes:
    return msgspec.json.encode(value)


def kinds(value: Any) -> Any:
    """Return the types in a JSON value and the lengths of its lists and objects."""
    if isinstance(value, dict):
        return [kinds(each) for each in value.values()]
    if isinstance(value, list):
        return [kinds(each) for each in value]
    return "number" if type(value) in {int, float} else type(value).__name__


@given(VALUES)
def test_a_value_that_was_sanitised_stays_as_it_is(value: Any) -> None:
    first = sanitiser()
    once = json.loads(encoded(first.json(value)))
    assert encoded(first.json(once)) == encoded(once)
    # Another one that knows the stand-ins of the recording, too.
    assert encoded(sanitiser(*first.stand_ins.all, seed=8).json(once)) == encoded(once)


@given(st.sets(TEXTS.filter(lambda text: "%" not in text), max_size=15))
def test_different_texts_get_different_ones_and_equal_texts_the_same(texts: set[str]) -> None:
    ours = sanitiser()
    found = {text: ours.text(text) for text in texts}
    assert len({*found.values()}) == len(texts)
    assert {text: ours.text(text) for text in texts} == found


@given(st.sets(NUMBERS.filter(lambda number: abs(number) < 1e15), max_size=30))
def test_different_numbers_get_different_ones(numbers: set[float]) -> None:
    ours = sanitiser()
    found = {json.loads(encoded(ours.json(number))) for number in numbers}
    assert len(found) == len(numbers)
    assert sum(number < 0 for number in found) == sum(number < 0 for number in numbers)


@given(VALUES)
def test_the_shape_of_a_value_is_kept(value: Any) -> None:
    assert kinds(json.loads(encoded(sanitiser().json(value)))) == kinds(value)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_word_of_a_reply_is_left_unless_it_is_public(text: str) -> None:
    ours = sanitiser()
    found = ours.text(text)
    hidden = {word for word in words(text) if not (is_public(word) or word.isdigit() or word == "8443")}
    assert hidden.isdisjoint({*words(found)} - {*ours.stand_ins.all})


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("QRX", r"[A-Z]{4}"),
        ("Wrexham", r"[A-Z][a-z]{6}"),
        ("zorblax9", r"[a-z]{7}\d"),
        ("905312", r"\d{6}"),
        ("00042", r"000[1-9]\d\d"),
        ("9f86d081884c7d65", r"\d[a-f]\d\d[a-f]\d{6}[a-f]\d[a-f]\d\d"),
        ("uploads/zorblax-cloud.png", r"uploads/[a-z]{7}-cloud\.png"),
        ("/a/b/zorblax.webp", r"/a/[a-z]{4}/[a-z]{7}\.webp"),
        ("a.png?v=2&X-Amz-Signature=0c%2F1b%3D", r"a\.png\?[a-z]{4}=\d{3}&X-Amz-Signature=\w+%2F\w+%3D"),
        ("https://cdn.zorblax.net/x.png", r"https://[a-z]{4}\.[a-z]{7}\.[a-z]{4}/x\.png"),
        ("zorro.quill@zorblax.net", r"[a-z]{11}@example\.com"),
        ("eyJhbGciOi.eyJzdWIiOi.c2lnbmF0", r"[a-zA-Z]{10}\.[a-zA-Z]{10}\.[a-z]\d[a-zA-Z]+\d"),
        ("a !@#$^&*()_+ b", r"a ![a-z]{9}\+ [a-z]{4}"),
        ("密码", r"[^\x00-\x7f]{4}"),
    ],
)
def test_a_stand_in_has_the_shape_of_what_it_replaces(text: str, shape: str) -> None:
    found = sanitiser().text(text)
    assert re.fullmatch(shape, found), found
    assert found != text


def test_a_uuid_stays_one() -> None:
    found = sanitiser().text("id 550e8400-e29b-41d4-a716-446655440000.")
    assert UUID(found.removeprefix("id ").removesuffix(".")).version == 4


@pytest.mark.parametrize(
    "text",
    [
        "Image generation in progress. Please try again later.",
        "The image_generator field is required.",
        "2026-02-26T10:00:00.000000Z",
        "http://api.zembla.example:8443/uploads/",
        "404 Not Found",
    ],
)
def test_public_texts_are_kept(text: str) -> None:
    assert sanitiser().text(text) == text


def test_equal_values_stay_equal_across_fields_and_encodings() -> None:
    ours = sanitiser()
    reply = {"id": 90531, "title": "zorblax vané.png", "output": "/uploads/90531/zorblax%20van%C3%A9.png"}
    found = ours.json({"images": [reply]})["images"][0]
    number, word, other = found["id"], *words(found["title"])[:2]
    assert words(found["output"]) == ["uploads", str(number), word, other, "png"]
    assert ours.json([{"id": 90531.0}])[0]["id"] == number


def test_sent_texts_are_public_but_for_tokens() -> None:
    ours = sanitiser()
    ours.learn(["Seven 35 mm foxes in Zembla", f"a {TOKEN}"])
    assert ours.text("Seven 35 mm foxes in Zembla calm zorblax") != "Seven 35 mm foxes in Zembla calm zorblax"
    assert ours.text("Seven 35 mm foxes in Zembla calm zorblax").startswith("Seven 35 mm foxes in Zembla calm ")
    assert "canary" not in ours.text(f"You sent a {TOKEN}")


def test_a_token_of_public_words_is_replaced_too() -> None:
    ours = Sanitiser(Masker([Secret("image-in-progress")]), StandIns(1))
    assert re.fullmatch(
        r"the token [a-z]{5}-[a-z]{4}-[a-z]{8} of image", ours.text("the token image-in-progress of image")
    )


def test_the_value_of_an_undocumented_key_is_never_public() -> None:
    found = sanitiser().json({"message": "image", "account": {"message": "image", "plan": [True, None, "daily"]}})
    assert found["message"] == "image"
    assert found["account"]["message"] != "image"
    assert found["account"]["plan"][:2] == [True, None]
    assert found["account"]["plan"][2] != "daily"


def test_values_that_no_file_can_contain_are_changed() -> None:
    found = sanitiser().json({"message": "a \ud800", "id": 10**40, "\udfff": -(10**30)})
    text = encoded(found).decode()
    assert "\ufffd" in text
    assert re.search(r'"id":\d{41}\b', text)


def test_a_value_that_is_nested_too_deeply_is_refused() -> None:
    value: Any = "x"
    for _ in range(MAX_DEPTH + 1):
        value = [value]
    with pytest.raises(TooDeepError):
        sanitiser().json(value)


def test_headers_keep_numbers_and_dates_that_are_public_and_lose_the_rest() -> None:
    given_ = {
        "Date": "Thu, 26 Feb 2026 10:00:00 GMT",
        "X-RateLimit-Remaining": "57",
        "Cache-Control": "no-cache, max-age=60",
        "Retry-After": "zorblax",
        "Set-Cookie": "private=image; Path=/; HttpOnly",
        "X-Zorblax": "image 57",
        "Content-Type": "application/json; charset=zorblax",
    }
    found = sanitiser().headers(given_)
    names = list(found)
    assert found["date"] == given_["Date"]
    assert found["x-ratelimit-remaining"] == "57"
    assert found["cache-control"] == "no-cache, max-age=60"
    assert found["retry-after"] != "zorblax"
    assert re.fullmatch(r"\w{7}=\w{5}; Path=[^;]+; HttpOnly", found["set-cookie"])
    assert {"private", "image"}.isdisjoint(words(found["set-cookie"]))
    assert names[5].startswith("x-")
    assert names[5] != "x-zorblax"
    assert {"image", "57"}.isdisjoint(words(found[names[5]]))
    assert found["content-type"].startswith("application/json; charset=")
    assert "zorblax" not in str(found)

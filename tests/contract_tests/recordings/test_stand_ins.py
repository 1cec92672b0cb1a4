"""Stand-ins: random, by shape alone, and different where what they replace is different."""

import pytest

from contract_tests.recordings.stand_ins import StandIns
from contract_tests.recordings.vocabulary import documented_keys, is_public


def test_more_words_than_a_shape_has_get_longer_ones() -> None:
    ours = StandIns(7)
    found = [ours.word(str(number)) for number in range(1, 1500)]
    assert len(set(found)) == len(found)
    assert {len(word) for word in found} == {3, 4}
    single = [ours.word(letter) for letter in "bcdfghjklmnopqrstuvwyz"]
    assert len(set(single)) == len(single)


def test_the_smallest_and_the_largest_fractions_get_different_ones() -> None:
    ours = StandIns(7)
    found = [ours.number(repr(number * 5e-324)) for number in range(1, 40)]
    found += [ours.number(repr(number / 9)) for number in range(1, 40)]
    assert len(set(found)) == len(found)
    assert all(repr(float(text)) == text for text in found)


def test_they_depend_on_the_shape_and_the_seed_alone() -> None:
    assert StandIns(7).word("Qolvex") == StandIns(7).word("Zamrid") != StandIns(8).word("Zamrid")


def test_a_stand_in_is_never_a_public_word_nor_like_a_key() -> None:
    ours = StandIns(7)
    found = [ours.word(f"x{'bcdfghjklm'[at % 10] * (at % 3 + 2)}{'qwzvk'[at % 5] * 2}{at}z") for at in range(300)]
    assert not any(is_public(word) or word.startswith(("eyJ", "AKIA")) for word in found)


def test_a_stand_in_of_a_port_is_a_port() -> None:
    ours = StandIns(7)
    assert all(10_000 <= int(ours.word(str(number))) <= 65_535 for number in range(70_000, 70_500))


@pytest.mark.parametrize("word", ["image", "Image", "IMAGE", "419", "404", "0", "1024x1024", "dalle3", "NaN", "e"])
def test_words_of_the_document_and_statuses_are_public(word: str) -> None:
    assert is_public(word)


@pytest.mark.parametrize("word", ["iMaGe", "zorblax", "1", "7", "10", "pk", "sk", "BEGIN", "b", "q7Zk2vW9"])
def test_other_words_and_numbers_are_not(word: str) -> None:
    assert not is_public(word)


def test_the_keys_of_replies_are_documented() -> None:
    assert {
        "status",
        "message",
        "images",
        "id",
        "title",
        "input",
        "output",
        "errors",
        "created_at",
    } <= documented_keys()
    assert {"account", "email", "slug", "payload"}.isdisjoint(documented_keys())

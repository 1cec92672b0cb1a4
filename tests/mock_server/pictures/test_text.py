"""Text on a picture."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from mock_server.pictures import Picture
from mock_server.pictures.text import ELLIPSIS, MAX_CHARACTERS, add_card, add_tag, cleaned, font_of, width_of, wrapped
from support.examples import examples


def drawn(prompt: str, size: tuple[int, int], share: float = 0.3) -> tuple[int, int, int, int] | None:
    """The box that the card changed."""
    canvas = Image.new("RGB", size, "green")
    add_card(canvas, Picture("dall-e", prompt, size, id=1, seed=7), share)
    return ImageChops.difference(canvas, Image.new("RGB", size, "green")).getbbox()


@settings(max_examples=examples(40), deadline=None)
@given(st.text(max_size=300), st.integers(120, 300), st.integers(120, 300))
def test_the_card_leaves_a_margin_all_round(prompt: str, width: int, height: int) -> None:
    box = drawn(prompt, (width, height))
    assert box is not None
    left, top, right, bottom = box
    assert left > 0
    assert height / 4 < top
    assert right < width
    assert bottom < height


def test_a_long_prompt_takes_no_more_than_its_share_and_the_caption() -> None:
    box = drawn("word " * 800, (1024, 1024), share=0.2)
    assert box is not None
    assert 0.15 < (box[3] - box[1]) / 1024 < 0.35


def test_a_longer_prompt_has_a_higher_card() -> None:
    short, long = drawn("a fox", (512, 512)), drawn("a fox in the snow " * 12, (512, 512))
    assert short is not None
    assert long is not None
    assert short[1] > long[1]


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (20, 20), (300, 9), (9, 300)])
def test_a_picture_too_small_for_text_has_none(size: tuple[int, int]) -> None:
    assert drawn("a fox", size) is None


@pytest.mark.parametrize("size", [(64, 64), (300, 30), (40, 300)])
def test_a_small_picture_has_a_tag(size: tuple[int, int]) -> None:
    assert drawn("a fox", size) is not None


def test_a_tag_covers_little() -> None:
    canvas = Image.new("RGB", (640, 480), "green")
    add_tag(canvas, Picture("dall-e", "a fox", (640, 480), id=1, seed=7))
    box = ImageChops.difference(canvas, Image.new("RGB", (640, 480), "green")).getbbox()
    assert box is not None
    assert (box[2] - box[0]) * (box[3] - box[1]) < 0.02 * 640 * 480


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  a\tfox\r\n\0 runs\u2028on ", "a fox runs on"),
        ("caf\u00e9 Z\u00fcrich \u2014 na\u00efve", "cafe Zurich - naive"),
        ("cat\u200d\ufe0f", "cat"),
        ("\u5915\u66ae", "\u5915\u66ae"),
        ("", ""),
    ],
)
def test_text_is_cleaned_to_one_line_that_the_font_can_draw(text: str, line: str) -> None:
    assert cleaned(text) == line


def test_only_the_start_of_a_long_text_is_used() -> None:
    assert len(cleaned("a" * 10**6)) == MAX_CHARACTERS


@settings(deadline=None)
@given(st.text(), st.integers(10, 40), st.integers(60, 400), st.integers(1, 6))
def test_lines_fit_the_width_and_their_number(text: str, size: int, width: int, max_lines: int) -> None:
    lines, _ = wrapped(cleaned(text), size, width, max_lines)
    assert len(lines) <= max_lines
    assert all(width_of(line, size) <= width for line in lines)


@settings(deadline=None)
@given(st.text("ab \u5915", max_size=200), st.integers(60, 400))
def test_every_letter_is_kept_if_the_lines_suffice(text: str, width: int) -> None:
    lines, whole = wrapped(cleaned(text), 12, width, 1000)
    assert whole
    assert "".join(lines).replace(" ", "") == cleaned(text).replace(" ", "")


def test_lines_end_at_spaces() -> None:
    assert wrapped("one two three", 12, width_of("one two t", 12), 5) == (["one two", "three"], True)


def test_text_that_is_cut_ends_in_an_ellipsis() -> None:
    lines, whole = wrapped("word " * 100, 12, 120, 3)
    assert not whole
    assert lines[-1].endswith(ELLIPSIS)


def test_a_character_that_the_font_lacks_has_a_width() -> None:
    assert width_of("\U0001f408", 20) > 0


def test_a_font_is_loaded_once_for_each_size() -> None:
    assert font_of(20) is font_of(20)

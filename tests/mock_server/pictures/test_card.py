"""The words on a picture."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from mock_server.pictures import Picture
from mock_server.pictures.card import add_card, add_tag
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
def test_nothing_is_written_where_it_could_not_be_read(size: tuple[int, int]) -> None:
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

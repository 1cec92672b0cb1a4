"""The background drawn from words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_server.pictures import Picture
from mock_server.pictures.scenery import colour_of, scenery

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (3000, 2), (64, 64), (640, 480)])
def test_the_background_has_the_size_of_the_picture(size: tuple[int, int]) -> None:
    assert scenery(Picture("dall-e", "a fox", size, id=1, seed=7)).size == size


def test_successive_ids_differ_in_more_than_the_sky() -> None:
    first, second = (scenery(Picture("dall-e", "a fox", (64, 64), id=number, seed=7)) for number in (1, 2))
    pairs = zip(first.tobytes(), second.tobytes(), strict=True)
    assert sum(abs(one - other) for one, other in pairs) / (64 * 64 * 3) > 12


def test_the_sky_is_lighter_than_the_ground(likeness: Callable[[Image.Image, Image.Image], float]) -> None:
    first, second = (scenery(Picture("dall-e", prompt, (64, 64), id=1, seed=7)) for prompt in ("a fox", "a cat"))
    assert likeness(first, second) > 0.5


def test_hues_turn_round() -> None:
    assert colour_of(0, 0.5, 1) == colour_of(1, 0.5, 1) == colour_of(-1, 0.5, 1) == (255, 0, 0)

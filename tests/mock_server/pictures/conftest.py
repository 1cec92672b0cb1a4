"""Images to upload, and a measure of the similarity of two pictures."""

from __future__ import annotations

import io
import statistics
from typing import TYPE_CHECKING, Protocol

import pytest
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Callable

GRID = (24, 24)


class Encode(Protocol):
    def __call__(self, image: Image.Image, kind: str = "PNG", **options: object) -> bytes: ...


@pytest.fixture(scope="session")
def encode() -> Encode:
    def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
        output = io.BytesIO()
        image.save(output, kind, **options)
        return output.getvalue()

    return encoded


@pytest.fixture(scope="session")
def house() -> Image.Image:
    image = Image.new("RGB", (160, 160), (120, 180, 240))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 110, 160, 160), fill=(60, 140, 60))
    pen.rectangle((20, 60, 90, 130), fill=(110, 40, 30))
    pen.polygon([(10, 60), (55, 15), (100, 60)], fill=(60, 20, 20))
    pen.ellipse((115, 10, 145, 40), fill=(255, 240, 120))
    return image


@pytest.fixture(scope="session")
def stripes() -> Image.Image:
    image = Image.new("RGB", (160, 160), "white")
    pen = ImageDraw.Draw(image)
    for left in range(0, 160, 40):
        pen.rectangle((left, 0, left + 19, 160), fill=(20, 20, 90))
    return image


@pytest.fixture(scope="session")
def likeness() -> Callable[[Image.Image, Image.Image], float]:
    """The correlation of the luminance of two images at a low resolution."""

    def compared(one: Image.Image, other: Image.Image) -> float:
        first, second = (
            list(image.convert("L").resize(GRID, Image.Resampling.BOX).tobytes()) for image in (one, other)
        )
        return statistics.correlation(first, second)

    return compared

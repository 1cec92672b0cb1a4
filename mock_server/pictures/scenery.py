"""The background of a picture that derives from words alone: a sun over rows of hills."""

from __future__ import annotations

import colorsys
import math
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from .picture import Picture

Colour = tuple[int, int, int]

HILLS = 5
SMALLEST_SIDE, LARGEST_WHOLE_SIDE, LARGEST_SIDE = 64, 512, 1024


def colour_of(hue: float, lightness: float, saturation: float) -> Colour:
    """Return the RGB colour of a hue (any number, 1 is a full turn), lightness and saturation (0 to 1)."""
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def scenery(picture: Picture) -> Image.Image:
    """Return the background of `picture` at its size, in RGB."""
    size = _canvas_size(picture.size)
    numbers = picture.fractions()
    canvas = _sky(picture.hue).resize(size, Image.Resampling.BICUBIC, (0, 0.4, 1, 2.6))
    _add_sun(canvas, picture.hue, numbers[0], numbers[1])
    for row in range(HILLS):
        depth = row / (HILLS - 1)
        colour = colour_of(picture.hue - 0.03 + 0.09 * (1 - depth), 0.62 - 0.5 * depth, 0.42 + 0.12 * depth)
        canvas.paste(colour, mask=_hill(size, 0.52 + 0.34 * depth, numbers[2 + 6 * row : 8 + 6 * row]))
    return canvas.resize(picture.size, Image.Resampling.BICUBIC)


def _canvas_size(size: tuple[int, int]) -> tuple[int, int]:
    # A large picture is drawn at half its size and enlarged: a quarter of the work, and edges stay soft.
    longest = max(size)
    drawn = min(max(longest / 2, min(longest, LARGEST_WHOLE_SIDE), SMALLEST_SIDE), LARGEST_SIDE)
    scale = drawn / longest
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _sky(hue: float) -> Image.Image:
    sky = Image.new("RGB", (1, 3))
    sky.putpixel((0, 0), colour_of(hue, 0.42, 0.55))
    sky.putpixel((0, 1), colour_of(hue + 0.06, 0.74, 0.72))
    sky.putpixel((0, 2), colour_of(hue + 0.12, 0.84, 0.85))
    return sky


def _add_sun(canvas: Image.Image, hue: float, across: float, down: float) -> None:
    width, height = canvas.size
    radius = min(width, height) * 0.11
    x, y = width * (0.2 + 0.6 * across), height * (0.2 + 0.24 * down)
    _add_disc(canvas, (x, y), radius * 3.4, Image.radial_gradient("L").point(lambda far: max(0, 176 - far) * 0.9), hue)
    _add_disc(canvas, (x, y), radius, Image.radial_gradient("L").point(lambda far: 255 if far < 180 else 0), hue)


def _add_disc(canvas: Image.Image, centre: tuple[float, float], radius: float, mask: Image.Image, hue: float) -> None:
    side = max(1, round(radius * 2))
    corner = round(centre[0] - radius), round(centre[1] - radius)
    canvas.paste(colour_of(hue + 0.14, 0.92, 0.9), corner, mask.resize((side, side), Image.Resampling.BILINEAR))


def _hill(size: tuple[int, int], level: float, numbers: list[float]) -> Image.Image:
    width, height = size[0] * 2, size[1] * 2
    mask = Image.new("L", (width, height))
    steps = 96
    ridge = [(width * step / steps, height * _ridge(step / steps, level, numbers)) for step in range(steps + 1)]
    ImageDraw.Draw(mask).polygon([(0, height), *ridge, (width, height)], fill=255)
    return mask.reduce(2)


def _ridge(across: float, level: float, numbers: list[float]) -> float:
    broad = math.sin(math.tau * (across * (0.5 + numbers[0]) + numbers[1])) * (0.05 + 0.05 * numbers[2])
    fine = math.sin(math.tau * (across * (1.6 + 1.4 * numbers[3]) + numbers[4])) * 0.03 * numbers[5]
    return level + broad + fine

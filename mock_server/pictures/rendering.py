"""From a description to a PNG: a landscape for a prompt, or the uploaded source, with text on it."""

from __future__ import annotations

import colorsys
import io
import math
import zlib
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageOps, PngImagePlugin

from .reading import read_rgb
from .text import add_card, add_tag

if TYPE_CHECKING:
    from .picture import Picture

Colour = tuple[int, int, int]

HILLS = 5
MIN_DRAWN_PIXELS, MAX_UNSCALED_PIXELS, MAX_DRAWN_PIXELS = 64, 512, 1024
"""Sides of the canvas that a landscape is drawn on."""
PROMPT_SHARE = 0.36
PROMPT_SHARE_OVER_SOURCE = 0.13
TINT = 0.62
THUMBNAIL_QUALITY = 72
# The beginning of a file of `_png`: signature, header, and the text chunk with the prompt.
_PNG_START, _FIRST_CHUNK, _MAX_FIRST_CHUNK = b"\x89PNG", b"iTXtprompt\0", 64


def render(picture: Picture) -> bytes:
    """Return `picture` as a PNG file in RGB of exactly its size, with prompt, engine, size and id in text chunks.

    Raises UnreadableImage if the source is not an image that `measure` accepts.
    """
    if picture.source is None:
        canvas = landscape(picture)
        add_card(canvas, picture, PROMPT_SHARE)
    elif picture.mode == "upscale":
        canvas = read_rgb(picture.source, max(picture.size)).resize(
            picture.size, Image.Resampling.LANCZOS, reducing_gap=2
        )
        add_tag(canvas, picture, above=_has_text(picture.source))
    else:
        canvas = _tinted(_covering(read_rgb(picture.source, max(picture.size)), picture.size), picture.hue)
        add_card(canvas, picture, PROMPT_SHARE_OVER_SOURCE, above=_has_text(picture.source))
    return _png(canvas, picture)


def _has_text(source: bytes) -> bool:
    """Return whether an upload is itself a picture of `render`, with its text on the lower part."""
    return source.startswith(_PNG_START) and _FIRST_CHUNK in source[:_MAX_FIRST_CHUNK]


def thumbnail(picture: bytes, width: int) -> bytes:
    """Return a PNG of `render` as JPEG, at most `width` wide, for a list of many."""
    with Image.open(io.BytesIO(picture), formats=["PNG"]) as image:
        small = image.convert("RGB")
    small.thumbnail((width, 4 * width), reducing_gap=2)
    output = io.BytesIO()
    small.save(output, "JPEG", quality=THUMBNAIL_QUALITY)
    return output.getvalue()


def _covering(source: Image.Image, size: tuple[int, int]) -> Image.Image:
    scale = min(source.width / size[0], source.height / size[1])
    across, down = max(0, source.width - size[0] * scale) / 2, max(0, source.height - size[1] * scale) / 2
    box = (across, down, source.width - across, source.height - down)
    return source.resize(size, Image.Resampling.BICUBIC, box, reducing_gap=2)


def _tinted(image: Image.Image, hue: float) -> Image.Image:
    shadow, middle, light = colour_of(hue, 0.1, 0.6), colour_of(hue + 0.04, 0.5, 0.6), colour_of(hue + 0.12, 0.93, 0.8)
    duotone = ImageOps.colorize(image.convert("L"), shadow, light, middle)
    return Image.blend(image, duotone, TINT)


def _png(canvas: Image.Image, picture: Picture) -> bytes:
    chunks = PngImagePlugin.PngInfo()
    for key, text in (
        ("prompt", picture.prompt),
        ("engine", picture.engine),
        ("size", picture.dimensions),
        ("id", str(picture.id)),
    ):
        # A NUL ends a text in PNG, and UTF-8 has no lone surrogates.
        chunks.add_itxt(key, text.replace("\0", "\ufffd").encode("utf-8", "replace").decode())
    output = io.BytesIO()
    # Level 1 takes half the time of the default; with run lengths the file is a sixth smaller, at no cost.
    canvas.save(output, "PNG", pnginfo=chunks, compress_level=1, compress_type=zlib.Z_RLE)
    return output.getvalue()


def colour_of(hue: float, lightness: float, saturation: float) -> Colour:
    """Return the RGB colour of a hue (any number, 1 is a full turn), lightness and saturation (0 to 1)."""
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def landscape(picture: Picture) -> Image.Image:
    """Return a sun over rows of hills, in RGB, at the size of `picture`."""
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
    # A large picture is drawn at half its size and enlarged: a quarter of the work, and softer edges.
    longest = max(size)
    drawn = min(max(longest / 2, min(longest, MAX_UNSCALED_PIXELS), MIN_DRAWN_PIXELS), MAX_DRAWN_PIXELS)
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
    # Pillow draws polygons without anti-aliasing: drawn twice as large, then halved.
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

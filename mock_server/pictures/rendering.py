"""From a description to a PNG."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

from PIL import Image, ImageOps, PngImagePlugin

from .card import add_card, add_tag
from .reading import read_rgb
from .scenery import colour_of, scenery

if TYPE_CHECKING:
    from .picture import Picture

PROMPT_SHARE = 0.36
PROMPT_SHARE_OVER_SOURCE = 0.13
TINT = 0.62


def render(picture: Picture) -> bytes:
    """Return `picture` as a PNG file in RGB of just its size, with prompt, engine, size and id in text chunks.

    Raises UnreadableImage when the source is not an image that `measure` accepts.
    """
    if picture.source is None:
        canvas = scenery(picture)
        add_card(canvas, picture, PROMPT_SHARE)
    elif picture.mode == "upscale":
        canvas = read_rgb(picture.source, max(picture.size)).resize(
            picture.size, Image.Resampling.LANCZOS, reducing_gap=2
        )
        add_tag(canvas, picture)
    else:
        canvas = _tinted(_covering(read_rgb(picture.source, max(picture.size)), picture.size), picture.hue)
        add_card(canvas, picture, PROMPT_SHARE_OVER_SOURCE)
    return _png(canvas, picture)


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
        chunks.add_itxt(key, text.replace("\0", "\ufffd").encode("utf-8", "replace").decode())
    output = io.BytesIO()
    canvas.save(output, "PNG", pnginfo=chunks, compress_level=1, compress_type=zlib.Z_RLE)
    return output.getvalue()

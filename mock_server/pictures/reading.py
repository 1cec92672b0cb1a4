"""Safe reading of uploaded images: any bytes give an image or UnreadableImage."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from .picture import UnreadableImage

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
PNG_END = b"IEND\xaeB`\x82"
JPEG_SCAN = b"\xff\xda"
MAX_SCANS = 100  # each costs a pass over all pixels, and a few bytes
ORIENTATION_TAG = 0x0112
SIXTEEN_TO_EIGHT_BITS = 1 / 257
TRANSPOSITIONS: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (5, 6, 7, 8)


def measure(data: bytes, max_pixels: int) -> tuple[int, int]:
    """Return the width and height in pixels of the image in `data`, upright.

    The size is checked against `max_pixels` before any pixel is decoded; then the first frame is decoded in full.
    Raises UnreadableImage if the bytes are not a complete PNG, JPEG, WebP, GIF or BMP image, or if it is too large.
    """
    with _unreadable_on_error(), Image.open(io.BytesIO(data), formats=FORMATS) as image:
        width, height = image.size
        if width * height > max_pixels:
            raise UnreadableImage(f"the image has {width}x{height} pixels, more than the {max_pixels} allowed")
        if image.format == "JPEG" and data.count(JPEG_SCAN) > MAX_SCANS:
            raise UnreadableImage(f"the image has more than {MAX_SCANS} scans")
        image.load()
        if image.format == "PNG" and PNG_END not in data:
            raise UnreadableImage("the image is cut short")  # Pillow accepts a file without its last chunks
        return (height, width) if _orientation(image) in SIDEWAYS else (width, height)


def read_rgb(data: bytes, wanted_side: int) -> Image.Image:
    """Return the first frame of the image in `data`, upright, in RGB, transparent parts white.

    A JPEG may come out smaller than it is stored, though no smaller than `wanted_side` pixels either way.
    Raises UnreadableImage as `measure` does, but for its limit on the size.
    """
    with _unreadable_on_error(), Image.open(io.BytesIO(data), formats=FORMATS) as image:
        # Lets libjpeg skip pixels that would be scaled away.
        image.draft(None, (wanted_side, wanted_side))
        image.load()
        turn = TRANSPOSITIONS.get(_orientation(image))
        colours = _to_rgb(image)
        return colours if turn is None else colours.transpose(turn)


@contextmanager
def _unreadable_on_error() -> Iterator[None]:
    # Hostile bytes raise nearly any exception in Pillow: OSError, SyntaxError, struct.error, warnings as errors ...
    try:
        yield
    except UnreadableImage:
        raise
    except UnidentifiedImageError as error:
        raise UnreadableImage("the file is not a PNG, JPEG, WebP, GIF or BMP image") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise UnreadableImage("the image has too many pixels") from error
    except Exception as error:
        raise UnreadableImage("the image is damaged or cut short") from error


def _orientation(image: Image.Image) -> object:
    return image.getexif().get(ORIENTATION_TAG)


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda level: level * SIXTEEN_TO_EIGHT_BITS).convert("RGB")
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")

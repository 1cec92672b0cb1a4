"""Safe reading of uploaded images: any bytes give an image or UnreadableImage."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from . import containers
from .containers.container import CUT_SHORT
from .picture import UnreadableImage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .containers import Container

# Instead of data that is missing, in turn: nothing, and more bits than a few blocks need.
FILLINGS = (b"", b"\x55\xaa" * 4096)
JPEG_END = b"\xff\xd9"
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
    Raises UnreadableImage if the bytes are not a PNG, JPEG, WebP, GIF or BMP image, if it is too large, or if its
    pixels cannot all be decoded. Anything else in the file is ignored.
    """
    with _unreadable_on_error():
        container = containers.reduced(data)
        if container.canvas is not None:
            _check_size(container.canvas, max_pixels)
        with _opened(container) as image:
            _check_size(image.size, max_pixels)
            width, height = image.size
            if container.ended:
                image.load()
            else:
                _check_complete(container)
        return (height, width) if container.orientation in SIDEWAYS else (width, height)


def read_rgb(data: bytes, wanted_side: int) -> Image.Image:
    """Return the first frame of the image in `data`, upright, in RGB, transparent parts white.

    A JPEG may be returned smaller than it is stored, though no smaller than `wanted_side` pixels either way.
    Raises UnreadableImage as `measure` does, but for its limit on the size.
    """
    with _unreadable_on_error():
        container = containers.reduced(data)
        with _opened(container) as image:
            # Lets libjpeg skip pixels that would be scaled away.
            image.draft(None, (wanted_side, wanted_side))
            image.load()
            turn = TRANSPOSITIONS.get(container.orientation)
            colours = _to_rgb(image)
            return colours if turn is None else colours.transpose(turn)


def _opened(container: Container, filling: bytes = FILLINGS[0]) -> Image.Image:
    end = b"" if container.ended else filling + JPEG_END
    # One format only: Pillow would take some files for another one, whose decoder has no bound.
    return Image.open(io.BytesIO(container.data + end), formats=(container.format,))


def _check_size(size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise UnreadableImage(f"the image has {width}x{height} pixels, more than the {max_pixels} allowed")


def _check_complete(container: Container) -> None:
    """Raise UnreadableImage if the pixels depend on what follows the data."""
    # libjpeg makes up missing pixels from whatever follows, and does not report it.
    one, other = (_opened(container, filling) for filling in FILLINGS)
    with one, other:
        if ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox():
            raise UnreadableImage(CUT_SHORT)


@contextmanager
def _unreadable_on_error() -> Iterator[None]:
    # Hostile bytes raise nearly any exception in Pillow: OSError, SyntaxError, struct.error, warnings as errors ...
    try:
        yield
    except UnreadableImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise UnreadableImage("the image has too many pixels") from error
    except Exception as error:
        raise UnreadableImage(CUT_SHORT) from error


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda level: level * SIXTEEN_TO_EIGHT_BITS).convert("RGB")
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")

"""Uploads are reduced before they are decoded: to the pixels of the first frame, and the orientation.

A decoder never gets the rest (texts, colour profiles, further frames and pictures, data after the end), so that it
costs no work, refuses no picture and appears in no result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_server.pictures.picture import UnreadableImage

from . import bmp, gif, jpeg, png, webp
from .container import Container
from .other import other_kind

if TYPE_CHECKING:
    from collections.abc import Callable

_FORMATS: tuple[tuple[bytes, int, Callable[[bytes], Container]], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, png.reduced),
    (b"\xff\xd8\xff", 0, jpeg.reduced),
    (b"WEBP", 8, webp.reduced),
    (b"GIF8", 0, gif.reduced),
    (b"BM", 0, bmp.reduced),
)


def reduced(data: bytes) -> Container:
    """Return the file reduced to its pixels; raise UnreadableImage."""
    for magic, offset, reduce in _FORMATS:
        if data.startswith(magic, offset):
            return reduce(data)
    kind = other_kind(data)
    raise UnreadableImage(f"the file is not a PNG, JPEG, WebP, GIF or BMP image{kind and f' but {kind}'}")


__all__ = ["Container", "reduced"]

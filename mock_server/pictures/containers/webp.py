"""WebP: the chunks of the still image, or of the first frame."""

from __future__ import annotations

import struct

from mock_server.pictures.exif import UPRIGHT, orientation
from mock_server.pictures.picture import UnreadableImage

from .container import CUT_SHORT, Container

_HEAD_BYTES = 12
_EXTENDED, _FRAME, _EXIF = b"VP8X", b"ANMF", b"EXIF"
_KEPT = (b"VP8 ", b"VP8L", b"ALPH", b"ANIM", _EXTENDED, _FRAME)
_EXTENDED_BYTES = 10
_ANIMATION, _ALPHA = 0x02, 0x10


def reduced(data: bytes) -> Container:
    """Return the file with the pixels of one frame, and a header that announces no more; raise UnreadableImage."""
    kept: dict[bytes, bytes] = {}
    turn, position = UPRIGHT, _HEAD_BYTES
    while position + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, position)
        content = data[position + 8 : position + 8 + length]
        position += 8 + length + length % 2
        if kind in _KEPT:
            if len(content) < length:
                raise UnreadableImage(CUT_SHORT)
            kept.setdefault(kind, content)
        elif kind == _EXIF:
            turn = orientation(content)
    canvas = None
    if _EXTENDED in kept:
        kept[_EXTENDED], canvas = _without_metadata(kept[_EXTENDED])
    # In the order of the file, in which a decoder expects them.
    body = b"WEBP" + b"".join(_chunk(kind, content) for kind, content in kept.items())
    return Container("WEBP", b"RIFF" + struct.pack("<I", len(body)) + body, turn, canvas)


def _without_metadata(extended: bytes) -> tuple[bytes, tuple[int, int]]:
    """Return the header with the flags of animation and transparency alone, and the size of the canvas."""
    if len(extended) < _EXTENDED_BYTES:
        raise UnreadableImage(CUT_SHORT)
    width, height = (1 + int.from_bytes(extended[start : start + 3], "little") for start in (4, 7))
    return bytes((extended[0] & (_ANIMATION | _ALPHA),)) + extended[1:_EXTENDED_BYTES], (width, height)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)

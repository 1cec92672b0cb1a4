"""PNG: the chunks of the default image."""

from __future__ import annotations

import struct
import zlib

from mock_server.pictures.exif import UPRIGHT, orientation

from .container import Container

_SIGNATURE_BYTES = 8
_FRAME_BYTES = 12  # length, kind and checksum of a chunk
_KEPT = (b"IHDR", b"PLTE", b"tRNS")


def reduced(data: bytes) -> Container:
    """Return the file with header, palette, transparency, and all pixels in one chunk.

    Checksums are computed again, and the end is added, since pixels without them can still be decoded.
    """
    kept: dict[bytes, bytes] = {}
    pixels: list[bytes] = []
    turn, position = UPRIGHT, _SIGNATURE_BYTES
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        start = position + 8
        position += length + _FRAME_BYTES
        if kind == b"IDAT":
            pixels.append(data[start : start + length])
        elif kind in _KEPT:
            kept.setdefault(kind, data[start : start + length])
        elif kind == b"eXIf":
            turn = orientation(data[start : start + length])
        elif kind == b"IEND":
            break
    chunks = [_chunk(kind, kept[kind]) for kind in _KEPT if kind in kept]
    chunks += [_chunk(b"IDAT", b"".join(pixels)), _chunk(b"IEND", b"")]
    return Container("PNG", data[:_SIGNATURE_BYTES] + b"".join(chunks), turn)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(content, zlib.crc32(kind)))

"""The files of a recorded form: their own bytes if the project has them, else a picture of the same size."""

import hashlib
import io
import struct
import zlib
from functools import cache

from PIL import Image

from contract_tests.client.call import Upload as SentFile
from contract_tests.oracle import resources
from contract_tests.recordings.model import Upload

_FORMATS = {"image/jpeg": "JPEG", "image/jpg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF", "image/bmp": "BMP"}
_GREY = 128


def file_for(upload: Upload) -> SentFile:
    """Return a file to send in place of a recorded one: name, bytes and type."""
    return upload.name, _known().get(upload.sha256) or _made(upload), upload.type


def is_known(upload: Upload) -> bool:
    """Return whether the bytes of a recorded file are those that are sent again."""
    return upload.sha256 in _known()


@cache
def _known() -> dict[str, bytes]:
    folder = resources.root() / "fixtures" / "images"
    contents = (path.read_bytes() for path in sorted(folder.iterdir()))
    return {hashlib.sha256(content).hexdigest(): content for content in contents}


def _made(upload: Upload) -> bytes:
    if upload.width is None or upload.height is None:
        # It was not a picture, so any other bytes are not one either.
        return b"." * upload.bytes
    if kind := _FORMATS.get(upload.type):
        content = io.BytesIO()
        Image.new("RGB", (upload.width, upload.height), (_GREY, _GREY, _GREY)).save(content, kind)
        return content.getvalue()
    return png(upload.width, upload.height)


def png(width: int, height: int) -> bytes:
    """Return a grey PNG of that size."""
    rows = (b"\0" + bytes([_GREY]) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

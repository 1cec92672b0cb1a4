"""Picture files of one colour in the drawn type and size."""

import io
import struct
import zlib
from functools import lru_cache

from PIL import Image

from contract_tests.wrong_servers.drawn.accounts import Picture
from contract_tests.wrong_servers.drawn.drawing import Draw
from contract_tests.wrong_servers.drawn.replies import Reply

_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512"><circle cx="256" cy="256" r="99"/></svg>'


def picture_reply(drawn: Draw, picture: Picture) -> Reply:
    width, height = picture.order.width, picture.order.height
    match drawn["picture size"]:
        case "1024x1024":
            width = height = 1024
        case "halved":
            width, height = width // 2, height // 2
    kind = drawn["picture type"]
    return Reply(200, _file(kind, width, height, picture.number), _media_type(drawn, f"image/{kind}"))


def placeholder_reply(drawn: Draw) -> Reply:
    if drawn["placeholder"] == "SVG":
        return Reply(200, _SVG, "image/svg+xml")
    return Reply(200, _file("png", 512, 512, 0), "image/png")


def _media_type(drawn: Draw, own: str) -> str:
    return {"octet-stream": "application/octet-stream", "missing": ""}.get(drawn["picture media type"], own)


@lru_cache(maxsize=64)
def _file(kind: str, width: int, height: int, number: int) -> bytes:
    """Return a picture; no two numbers have the same."""
    if kind == "png":
        return _png(width, height, number)
    colour = (number % 256, number // 256 % 256, 128)
    if kind in {"gif", "bmp"}:
        image = Image.new("P", (width, height))
        image.putpalette(colour)
    else:
        image = Image.new("RGB", (width, height), colour)
    file = io.BytesIO()
    image.save(file, kind.upper())
    return file.getvalue()


def _png(width: int, height: int, number: int) -> bytes:
    """Return a greyscale picture with one bit a pixel, its number in a comment."""
    rows = (b"\0" + bytes((width + 7) // 8)) * height
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"tEXt", b"Comment\0%d" % number),
        (b"IDAT", zlib.compress(rows, 1)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

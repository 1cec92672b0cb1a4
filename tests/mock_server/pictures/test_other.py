"""The kind of a file that is not an image of a format that is read."""

import base64
import io

import pytest

from mock_server.pictures.containers import reduced
from mock_server.pictures.containers.other import other_kind
from mock_server.pictures.picture import UnreadableImage
from support.odd_uploads import PICTURE, encoded

PNG, JPEG = encoded("PNG"), encoded("JPEG")
TEXT = "an image that was read as text: send its bytes as they are"
BASE64 = "an image in base64: send its bytes as they are"


def pillow(kind: str) -> bytes:
    output = io.BytesIO()
    PICTURE.save(output, kind)
    return output.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "an empty file"),
        (PNG.decode(errors="replace").encode(), TEXT),  # a file opened without "rb", or a text of node
        (PNG.decode("latin-1").encode(), TEXT),
        (JPEG.decode(errors="replace").encode(), TEXT),
        (JPEG.decode("latin-1").encode(), TEXT),
        (PNG.replace(b"\r\n", b"\n"), "a PNG that was read as text: send its bytes as they are"),
        (PNG.replace(b"\n", b"\r\n"), "a PNG that was read as text: send its bytes as they are"),
        (base64.b64encode(PNG), BASE64),
        (b'"' + base64.b64encode(JPEG), BASE64),
        (base64.b64encode(encoded("GIF")), BASE64),
        (base64.b64encode(encoded("WEBP")), BASE64),
        (base64.b64encode(encoded("BMP")), BASE64),
        (b"data:image/png;base64," + base64.b64encode(PNG), f"a data URI, {BASE64}"),
        (b"\xef\xbb\xbf" + PNG, "a file with a byte order mark, as a text has it"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC image, as phones take it"),
        (b"\0\0\0\x1cftypavif\0\0\0\0mif1avif", "an AVIF image"),
        (pillow("TIFF"), "a TIFF image"),
        (pillow("ICO"), "an icon"),
        (pillow("PDF"), "a PDF"),
        (b'<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG image"),
        (b"<svg/>", "an SVG image"),
        (b"\n<!DOCTYPE html>", "an HTML page"),
        (b'{"error": 1}', "JSON"),
        (b"PK\3\4", "a ZIP file"),
        (b"RIFF\0\0\0\0WAVE", "a RIFF file without an image, such as a sound"),
        (pillow("PPM"), ""),
        (b"Quick notes", ""),
        (b"\0" * 10, ""),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_the_kind_of_another_file_is_named(data: bytes, kind: str) -> None:
    assert other_kind(data) == kind
    with pytest.raises(UnreadableImage) as refused:
        reduced(data)
    ending = f" but {kind}" if kind else ""
    assert str(refused.value) == f"the file is not a PNG, JPEG, WebP, GIF or BMP image{ending}"

import io

import pytest
from PIL import Image

from contract_tests.checks.pictures import as_source, picture_size, shows_picture
from contract_tests.client.call import Reply
from contract_tests.client.exchange import Exchange
from contract_tests.errors import InconclusiveError


def encoded(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (30, 20)).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_reads_the_size_of_a_picture(kind: str) -> None:
    assert picture_size(encoded(kind)) == (30, 20)


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", encoded("PNG")[:40], b"\x89PNG\r\n\x1a\n" + bytes(50)],
    ids=["nothing", "HTML", "half a picture", "a signature only"],
)
def test_a_file_that_is_not_a_picture_has_no_size(content: bytes) -> None:
    assert picture_size(content) is None


def fetched(status: int, media_type: str, content: bytes) -> Reply:
    exchange = Exchange("GET", "http://127.0.0.1/uploads/1", "anonymous", None)
    return Reply(status, {"content-type": media_type} if media_type else {}, content, exchange)


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (fetched(200, "image/png", encoded("PNG")), True),
        (fetched(200, "", encoded("PNG")), True),
        (fetched(200, "text/plain", encoded("PNG")), False),
        (fetched(404, "image/png", encoded("PNG")), False),
        (fetched(200, "image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"/>'), True),
        (fetched(200, "image/svg+xml", b"not found"), False),
        (fetched(200, "text/html", b"<svg/>"), False),
        (fetched(200, "Image/PNG; charset=binary", encoded("PNG")), True),
        (fetched(200, "image/jpeg", encoded("PNG")), True),
        (fetched(200, "application/octet-stream", encoded("PNG")), True),
        (fetched(200, "binary/octet-stream", encoded("PNG")), True),
        (fetched(200, "application/json", encoded("PNG")), False),
        (fetched(200, "application/pdf", encoded("PNG")), False),
        (fetched(200, "application/octet-stream", b"<svg/>"), False),
    ],
)
def test_a_picture_has_pixels_or_is_a_drawing(reply: Reply, shown: bool) -> None:
    assert shows_picture(reply) == shown


def test_a_drawing_cannot_be_uploaded() -> None:
    with pytest.raises(InconclusiveError, match="no pixels"):
        as_source(b"<svg/>")

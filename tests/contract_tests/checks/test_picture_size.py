import io

import pytest
from PIL import Image

from contract_tests.checks.pictures import picture_size


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

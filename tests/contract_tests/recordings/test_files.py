"""Pictures and uploads: their type, size and hash, whatever their media type says."""

import hashlib
from pathlib import Path

import msgspec
import pytest

from contract_tests.recordings.files import picture, upload

IMAGES = Path(__file__).parents[3] / "fixtures" / "images"
LAMP = (IMAGES / "lamp.jpg").read_bytes()


@pytest.mark.parametrize(("name", "kind"), [("lamp.jpg", "jpeg"), ("teapot.png", "png"), ("crane.webp", "webp")])
def test_a_picture_is_known_by_its_bytes(name: str, kind: str) -> None:
    content = (IMAGES / name).read_bytes()
    for stated in (f"image/{kind}", "image/gif", "application/octet-stream", ""):
        found = picture(content, stated)
        assert found
        assert (found.type, found.bytes) == (f"image/{kind}", len(content))
        assert found.sha256 == hashlib.sha256(content).hexdigest()
        assert found.width
        assert found.height


@pytest.mark.parametrize(
    ("content", "stated"), [(b"<html>", "text/html"), (b"<html>", "image/png"), (LAMP, "application/json"), (b"", "")]
)
def test_other_bytes_are_not_a_picture(content: bytes, stated: str) -> None:
    assert picture(content, stated) is None


def test_a_drawing_has_no_size() -> None:
    found = picture(b"<svg xmlns='x'/>", "image/svg+xml; charset=utf-8")
    assert found
    assert (found.type, found.width) == ("image/svg+xml", None)


def test_an_upload_that_is_not_a_picture_has_no_size() -> None:
    assert msgspec.to_builtins(upload("a.png", b"text", "image/png")) == {
        "name": "a.png",
        "type": "image/png",
        "bytes": 4,
        "sha256": hashlib.sha256(b"text").hexdigest(),
    }
    assert upload("lamp.jpg", LAMP, "image/jpeg").width

"""Uploads reduced to their pixels: what else is in a file costs nothing, refuses nothing and appears nowhere."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageCms

from mock_server.pictures import Picture, UnreadableImage, containers
from mock_server.pictures.reading import measure, read_rgb
from mock_server.pictures.rendering import render
from support.odd_uploads import COLOURS, HARMLESS, REFUSED, SIZE, encoded

if TYPE_CHECKING:
    from collections.abc import Callable

ENOUGH = 10**6
PLAIN = {kind: read_rgb(encoded(kind.upper()), 40) for kind in ("PNG", "JPEG", "WebP", "GIF", "BMP")}


@pytest.mark.parametrize("name", HARMLESS)
def test_other_parts_of_a_file_change_nothing(name: str, likeness: Callable[[Image.Image, Image.Image], float]) -> None:
    data, kind = HARMLESS[name], name.split()[0].replace("APNG", "PNG")
    assert measure(data, ENOUGH) == SIZE
    # Encoders choose other colours where there are several frames.
    assert likeness(read_rgb(data, 40), PLAIN[kind]) > 0.98


@pytest.mark.parametrize("name", HARMLESS)
def test_other_parts_of_a_file_never_reach_a_decoder(name: str) -> None:
    reduced = containers.reduced(HARMLESS[name])
    kind = reduced.format
    assert len(reduced.data) < 10_000
    assert b"junk" not in reduced.data or kind == "BMP"
    assert reduced.format == name.split()[0].replace("APNG", "PNG").upper()


@pytest.mark.parametrize("name", COLOURS)
def test_every_kind_of_pixels_is_read(name: str, likeness: Callable[[Image.Image, Image.Image], float]) -> None:
    data = COLOURS[name]
    with Image.open(io.BytesIO(data)) as stored:
        expected = stored.convert("RGBA")
    white = Image.new("RGBA", expected.size, "white")
    assert measure(data, ENOUGH) == expected.size
    read = read_rgb(data, 40)
    assert read.mode == "RGB"
    if "16 bits" not in name and "interlaced" not in name:
        assert likeness(read, Image.alpha_composite(white, expected).convert("RGB")) > 0.99


@pytest.mark.parametrize("name", REFUSED)
def test_a_picture_that_cannot_be_decoded_is_refused(name: str) -> None:
    message, data = REFUSED[name]
    with pytest.raises(UnreadableImage, match=message):
        measure(data, ENOUGH)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_no_metadata_of_a_source_is_in_the_result(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + b"secret" * 10_000
    exif = Image.Exif()
    exif[0x010E] = "secret"
    source = encoded(kind, icc_profile=profile, exif=exif, comment="secret", xmp=b"secret", dpi=(1, 1))
    for mode in ("image-to-image", "upscale"):
        made = render(Picture("e", "p", (80, 60), 1, 1, source, mode))
        assert b"secret" in source
        assert b"secret" not in made
        with Image.open(io.BytesIO(made)) as image:
            image.load()
            assert image.info.keys() == {"prompt", "engine", "size", "id"}


def test_a_profile_of_other_colours_does_not_reach_the_result() -> None:
    source = encoded("JPEG", COLOURED, icc_profile=b"\0" * 12 + b"prtrCMYK" + bytes(2 * 2**20))
    made = render(Picture("e", "p", (80, 60), 1, 1, source, "upscale"))
    assert b"iCCP" not in made
    with Image.open(io.BytesIO(made)) as image:
        assert (image.mode, image.size) == ("RGB", (80, 60))


COLOURED = Image.new("CMYK", SIZE, (0, 255, 255, 0))

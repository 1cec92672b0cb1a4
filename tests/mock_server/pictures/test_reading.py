"""Safe reading of uploaded images."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from mock_server.pictures import UnreadableImage
from mock_server.pictures.reading import measure, read_rgb

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.PngImagePlugin import PngImageFile

ENOUGH = 10**6
KINDS = ["PNG", "JPEG", "WEBP", "GIF", "BMP"]
HEADS = st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\x40\0\0\0WEBPVP8 ", b"GIF89a", b"BM"])


def measured(data: bytes) -> tuple[int, int] | None:
    try:
        return measure(data, ENOUGH)
    except UnreadableImage:
        return None


@pytest.fixture(scope="module")
def files(encode: Callable[..., bytes]) -> dict[str, bytes]:
    image = Image.effect_mandelbrot((40, 30), (-2, -1, 1, 1), 50).convert("RGB")
    return {kind: encode(image, kind) for kind in KINDS}


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_is_measured_in_each_format(kind: str, files: dict[str, bytes]) -> None:
    assert measure(files[kind], ENOUGH) == (40, 30)


@pytest.mark.parametrize("kind", ["TIFF", "PPM", "ICO", "TGA"])
def test_other_formats_are_refused(kind: str, house: Image.Image, encode: Callable[..., bytes]) -> None:
    with pytest.raises(UnreadableImage, match="not a PNG"):
        measure(encode(house, kind), ENOUGH)


@settings(deadline=None)
@given(HEADS, st.binary(max_size=200))
def test_any_bytes_are_measured_or_refused(head: bytes, rest: bytes) -> None:
    measured(head + rest)


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_measured_or_refused(kind: str, files: dict[str, bytes], data: st.DataObject) -> None:
    damaged = bytearray(files[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    size = measured(bytes(damaged))
    if size is not None:
        assert read_rgb(bytes(damaged), 64).size == size


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_short_is_refused_unless_all_its_pixels_are_left(kind: str, files: dict[str, bytes]) -> None:
    whole = files[kind]
    pixels = read_rgb(whole, 40).tobytes()
    accepted = [length for length in cuts(whole) if measured(whole[:length]) is not None]
    assert [length for length in accepted if read_rgb(whole[:length], 40).tobytes() != pixels] == []
    assert [length for length in accepted if length < len(whole) * 0.95] == []


@pytest.mark.parametrize(("kind", "end"), [("PNG", 16), ("JPEG", 2), ("GIF", 1)])
def test_a_file_without_its_end_marker_is_measured(kind: str, end: int, files: dict[str, bytes]) -> None:
    assert measured(files[kind][:-end]) == (40, 30)


def cuts(whole: bytes) -> list[int]:
    return [*range(0, len(whole), 7), *range(len(whole) - 20, len(whole))]


def test_an_image_of_exactly_the_maximum_is_accepted(files: dict[str, bytes]) -> None:
    assert measure(files["PNG"], 1200) == (40, 30)
    with pytest.raises(UnreadableImage, match="40x30 pixels, more than the 1199 allowed"):
        measure(files["PNG"], 1199)


@pytest.mark.parametrize("side", [5_000, 12_000, 50_000, 60_000])
def test_a_bomb_is_refused_before_a_pixel_is_decoded(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(_: PngImageFile) -> Any:
        raise AssertionError("decoded")

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND", b"")
    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", decode)
    with pytest.raises(UnreadableImage, match="pixels"):
        measure(bomb, ENOUGH)


def test_pixels_beyond_the_declared_size_are_not_decoded() -> None:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 10, 10, 8, 0, 0, 0, 0))
    endless = png_chunk(b"IDAT", zlib.compress(bytes(50 * 2**20), 9))
    bomb = b"\x89PNG\r\n\x1a\n" + header + endless + png_chunk(b"IEND", b"")
    tracemalloc.start()
    assert measure(bomb, ENOUGH) == (10, 10)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_a_jpeg_with_too_many_scans_is_refused(encode: Callable[..., bytes]) -> None:
    data = encode(Image.new("RGB", (40, 30), "red"), "JPEG", progressive=True)
    assert measure(data, ENOUGH) == (40, 30)
    last = data[data.rindex(b"\xff\xda") : -2]
    with pytest.raises(UnreadableImage, match="more than 100 scans"):
        measure(data[:-2] + last * 100 + data[-2:], ENOUGH)


def test_an_image_is_decoded_once(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []
    decode = ImageFile.ImageFile.load_prepare

    def counted(image: ImageFile.ImageFile) -> None:
        decoded.append(image)
        decode(image)

    monkeypatch.setattr(ImageFile.ImageFile, "load_prepare", counted)
    measure(files["PNG"], ENOUGH)
    assert len(decoded) == 1


def test_only_the_first_frame_is_decoded(encode: Callable[..., bytes]) -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "blue", "green")]
    data = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert measure(data[:-30], ENOUGH) == (20, 10)
    assert read_rgb(data, 20).getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_image_is_read_upright(orientation: int, encode: Callable[..., bytes]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.new("RGB", (30, 20), "black")
    image.paste("white", (0, 0, 10, 10))
    data = encode(image, "PNG", exif=exif)
    upright = read_rgb(data, 30)
    corners = {1: (2, 2), 2: (27, 2), 3: (27, 17), 4: (2, 17), 5: (2, 2), 6: (17, 2), 7: (17, 27), 8: (2, 27)}
    assert upright.size == measure(data, ENOUGH) == ((30, 20) if orientation < 5 else (20, 30))
    assert upright.getpixel(corners[orientation]) == (255, 255, 255)


def test_transparent_parts_become_white(encode: Callable[..., bytes]) -> None:
    image = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert read_rgb(encode(image), 4).getpixel((0, 0)) == (255, 255, 255)
    palette = Image.new("P", (4, 4), 3)
    palette.putpalette([0] * 768)
    assert read_rgb(encode(palette, transparency=3), 4).getpixel((0, 0)) == (255, 255, 255)


def test_sixteen_bits_are_scaled_to_eight(encode: Callable[..., bytes]) -> None:
    image = Image.new("I;16", (4, 4), 32896)
    assert read_rgb(encode(image), 4).getpixel((0, 0)) == (128, 128, 128)


def test_a_large_jpeg_is_read_no_smaller_than_wanted(encode: Callable[..., bytes]) -> None:
    image = read_rgb(encode(Image.new("RGB", (800, 600), "red"), "JPEG"), 100)
    assert 100 <= min(image.size) < 600


def test_reading_refuses_what_measuring_refuses() -> None:
    with pytest.raises(UnreadableImage, match="not a PNG"):
        read_rgb(b"text", 10)

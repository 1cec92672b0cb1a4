"""Files that are unusual: built by hand, since no encoder writes them."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

SIZE = (40, 30)
PICTURE = Image.effect_mandelbrot(SIZE, (-2, -1, 1, 1), 50).convert("RGB")
MPF = b"MPF\0II*\0\x08\0\0\0\0\0"
JUNK = b"\0\xff\x01junk" * 20
LONG = b"a" * 2_000_000


def encoded(kind: str, image: Image.Image = PICTURE, **options: object) -> bytes:
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_header(width: int, height: int, depth: int = 8, colour: int = 0, interlace: int = 0) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + png_chunk(
        b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    )


def with_png_chunks(*chunks: bytes) -> bytes:
    whole = encoded("PNG")
    return whole[:33] + b"".join(chunks) + whole[33:]


def segment(code: int, content: bytes) -> bytes:
    return bytes((0xFF, code)) + struct.pack(">H", len(content) + 2) + content


def with_segments(*segments: bytes, **options: object) -> bytes:
    whole = encoded("JPEG", PICTURE, **options)
    return whole[:2] + b"".join(segments) + whole[2:]


def webp_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def riff(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def extended(width: int, height: int, flags: int = 0) -> bytes:
    return webp_chunk(
        b"VP8X", bytes((flags, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    )


def still_webp() -> bytes:
    """Return the chunk with the pixels."""
    return encoded("WEBP")[12:]


def gif_extension(label: int, blocks: bytes) -> bytes:
    pieces = (blocks[start : start + 255] for start in range(0, len(blocks), 255))
    return bytes((0x21, label)) + b"".join(bytes((len(piece),)) + piece for piece in pieces) + b"\0"


def with_extensions(*extensions: bytes) -> bytes:
    whole = encoded("GIF")
    screen = 13 + (3 << ((whole[10] & 7) + 1) if whole[10] & 0x80 else 0)
    return whole[:screen] + b"".join(extensions) + whole[screen:]


def many_frames(kind: str, count: int = 200) -> bytes:
    frames = [PICTURE, *(Image.new("RGB", SIZE, (number, 0, 0)) for number in range(count))]
    return encoded(kind, frames[0], save_all=True, append_images=frames[1:])


HUGE_TEXT = zlib.compress(bytes(50 * 2**20), 9)

HARMLESS: dict[str, bytes] = {
    "PNG with a text that unpacks to 50 MiB": with_png_chunks(png_chunk(b"zTXt", b"Comment\0\0" + HUGE_TEXT)),
    "PNG with an international text of 50 MiB": with_png_chunks(png_chunk(b"iTXt", b"a\0\1\0\0\0" + HUGE_TEXT)),
    "PNG with a profile that unpacks to 50 MiB": with_png_chunks(png_chunk(b"iCCP", b"icc\0\0" + HUGE_TEXT)),
    "PNG with a profile that is junk": with_png_chunks(png_chunk(b"iCCP", JUNK)),
    "PNG with a long text": with_png_chunks(png_chunk(b"tEXt", b"Comment\0" + LONG)),
    "PNG with 100 long texts": with_png_chunks(*[png_chunk(b"tEXt", b"Comment\0" + LONG[:900_000])] * 8),
    "PNG with EXIF that is junk": with_png_chunks(png_chunk(b"eXIf", JUNK)),
    "PNG with resolution, gamma and time that are cut": with_png_chunks(
        png_chunk(b"pHYs", b"\0"), png_chunk(b"gAMA", b""), png_chunk(b"tIME", b"\0"), png_chunk(b"cHRM", b"\0")
    ),
    "PNG with a chunk of an unknown critical kind": with_png_chunks(png_chunk(b"ABCD", JUNK)),
    "PNG with a wrong checksum": encoded("PNG")[:29] + b"\0\0\0\0" + encoded("PNG")[33:],
    "PNG with another file behind it": encoded("PNG") + JUNK,
    "PNG with an animation control that is cut": with_png_chunks(png_chunk(b"acTL", b"\0")),
    "APNG": many_frames("PNG"),
    "JPEG with a second picture": with_segments(segment(0xE2, MPF)) + encoded("JPEG"),
    "JPEG with an index that is junk": with_segments(segment(0xE2, b"MPF\0" + JUNK)),
    "JPEG with EXIF that is junk": with_segments(segment(0xE1, b"Exif\0\0" + JUNK)),
    "JPEG with EXIF that points beyond itself": with_segments(segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff")),
    "JPEG with a profile that is junk": with_segments(segment(0xE2, b"ICC_PROFILE\0\1\1" + JUNK)),
    "JPEG with a profile in the wrong order": with_segments(
        segment(0xE2, b"ICC_PROFILE\0\2\3" + JUNK), segment(0xE2, b"ICC_PROFILE\0\2\1" + JUNK)
    ),
    "JPEG with a thumbnail": with_segments(segment(0xE0, b"JFXX\0\x10" + JUNK)),
    "JPEG with a JFIF segment that is cut": encoded("JPEG")[:2] + segment(0xE0, b"JFIF\0") + encoded("JPEG")[20:],
    "JPEG with Photoshop's blocks that are junk": with_segments(segment(0xED, b"Photoshop 3.0\0" + b"8BIM" + JUNK)),
    "JPEG with 100 comments": with_segments(*[segment(0xFE, LONG[:60_000])] * 100),
    "JPEG with a video behind it": encoded("JPEG") + b"\0\0\0\x18ftypmp42" + JUNK,
    "JPEG with fill bytes between segments": with_segments(b"\xff" * 1000),
    "WebP with EXIF that is junk": riff(extended(*SIZE, 0x08), still_webp(), webp_chunk(b"EXIF", JUNK)),
    "WebP with a profile that is junk": riff(extended(*SIZE, 0x20), webp_chunk(b"ICCP", JUNK), still_webp()),
    "WebP with 1 MB of XMP": riff(extended(*SIZE, 0x04), still_webp(), webp_chunk(b"XMP ", LONG)),
    "WebP with unknown chunks": riff(extended(*SIZE), webp_chunk(b"abcd", JUNK), still_webp()),
    "WebP that announces metadata it has not": riff(extended(*SIZE, 0x2C), still_webp()),
    "WebP with another file behind it": encoded("WEBP") + JUNK,
    "WebP with a wrong length": b"RIFF\xff\xff\0\0" + encoded("WEBP")[8:],
    "WebP with many frames": many_frames("WEBP"),
    "GIF with a comment of 2 MB": with_extensions(gif_extension(0xFE, LONG)),
    "GIF with 1000 comments": with_extensions(*[gif_extension(0xFE, b"x")] * 1000),
    "GIF with an application's data": with_extensions(gif_extension(0xFF, b"XMP DataXMP" + JUNK)),
    "GIF with a plain text": with_extensions(gif_extension(0x01, JUNK)),
    "GIF with another file behind it": encoded("GIF") + JUNK,
    "GIF with many frames": many_frames("GIF"),
    "GIF with a damaged second frame": many_frames("GIF", 1)[:-40],
    "BMP with another file behind it": encoded("BMP") + JUNK,
}

COLOURS = {
    "PNG, 1 bit": encoded("PNG", PICTURE.convert("1")),
    "PNG, grey": encoded("PNG", PICTURE.convert("L")),
    "PNG, grey with transparency": encoded("PNG", PICTURE.convert("LA")),
    "PNG, 16 bits": encoded("PNG", PICTURE.convert("L").convert("I;16")),
    "PNG, palette": encoded("PNG", PICTURE.quantize(16)),
    "PNG, transparent palette": encoded("PNG", PICTURE.quantize(16), transparency=3),
    "PNG, transparent": encoded("PNG", PICTURE.convert("RGBA")),
    "PNG, one transparent colour": encoded("PNG", PICTURE, transparency=(0, 0, 0)),
    "PNG, interlaced": png_header(8, 8, interlace=1) + png_chunk(b"IDAT", zlib.compress(bytes(8 * 8 + 15))),
    "JPEG, CMYK": encoded("JPEG", PICTURE.convert("CMYK")),
    "JPEG, grey": encoded("JPEG", PICTURE.convert("L")),
    "JPEG, progressive": encoded("JPEG", progressive=True),
    "JPEG, with restarts": encoded("JPEG", restart_marker_blocks=1),
    "JPEG, stored as RGB": encoded("JPEG", keep_rgb=True),
    "WebP, lossless": encoded("WEBP", lossless=True),
    "WebP, transparent": encoded("WEBP", PICTURE.convert("RGBA").rotate(30)),
    "GIF, transparent": encoded("GIF", PICTURE.quantize(16), transparency=3),
    "GIF, interlaced": encoded("GIF", interlace=True),
    "BMP, 1 bit": encoded("BMP", PICTURE.convert("1")),
    "BMP, palette": encoded("BMP", PICTURE.quantize(16)),
    "BMP, transparent": encoded("BMP", PICTURE.convert("RGBA")),
}


def scans(count: int, *segments: bytes) -> bytes:
    """Return a small progressive JPEG with its last scan repeated."""
    whole = with_segments(*segments, progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * count + whole[-2:]


REFUSED: dict[str, tuple[str, bytes]] = {
    **{
        f"PNG of {side} pixels a side": ("pixels", png_header(side, side) + png_chunk(b"IDAT", b""))
        for side in (5_000, 60_000, 2**31 - 1)
    },
    "PNG of no width": ("damaged", png_header(0, 10) + png_chunk(b"IDAT", zlib.compress(b""))),
    "PNG without pixels": ("damaged", png_header(10, 10)),
    "PNG with too few pixels": ("damaged", png_header(10, 10) + png_chunk(b"IDAT", zlib.compress(bytes(50)))),
    "PNG with a depth of 3 bits": (
        "damaged",
        png_header(10, 10, depth=3) + png_chunk(b"IDAT", zlib.compress(bytes(99))),
    ),
    "JPEG of 65,500 pixels a side": (
        "pixels",
        encoded("JPEG").replace(struct.pack(">HH", 30, 40), struct.pack(">HH", 65_500, 65_500), 1),
    ),
    "JPEG of no height": ("damaged", encoded("JPEG").replace(struct.pack(">HH", 30, 40), struct.pack(">HH", 0, 40), 1)),
    "JPEG with 200 scans": ("scans", scans(200)),
    "JPEG with 200 scans and a second picture": ("scans", scans(200, segment(0xE2, MPF))),
    "JPEG without scans": ("damaged", encoded("JPEG").partition(b"\xff\xda")[0] + b"\xff\xd9"),
    "JPEG of a head alone": ("damaged", b"\xff\xd8\xff\xd9"),
    "WebP of 16,777,216 pixels a side": ("pixels", riff(extended(2**24, 2**24, 2), still_webp())),
    "WebP of 16,000 pixels a side": ("pixels", riff(extended(16_000, 16_000), still_webp())),
    "WebP without pixels": ("damaged", riff(extended(*SIZE))),
    "WebP with a frame that is cut": ("damaged", many_frames("WEBP", 1)[:200]),
    "WebP with a header that is cut": ("damaged", riff(webp_chunk(b"VP8X", b"\0"), still_webp())),
    "GIF of 65,535 pixels a side": ("pixels", b"GIF89a" + b"\xff" * 4 + encoded("GIF")[10:]),
    "GIF without a frame": ("damaged", b"GIF89a\x28\0\x1e\0\0\0\0;"),
    "GIF with comments alone": ("damaged", b"GIF89a\x28\0\x1e\0\0\0\0" + gif_extension(0xFE, JUNK) * 100),
    "GIF of a head alone": ("damaged", b"GIF89a"),
    "BMP of 65,500 pixels a side": (
        "pixels",
        encoded("BMP").replace(struct.pack("<ii", 40, 30), struct.pack("<ii", 65_500, 65_500), 1),
    ),
    "BMP of a head alone": ("damaged", b"BM"),
    "BMP with too few pixels": ("damaged", encoded("BMP")[:-100]),
    "BMP of no width": ("damaged", encoded("BMP").replace(struct.pack("<ii", 40, 30), bytes(8), 1)),
}


def small_png(shade: int = 0) -> bytes:
    output = io.BytesIO()
    Image.new("L", (8, 8), shade).save(output, "PNG")
    return output.getvalue()

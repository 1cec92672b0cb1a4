"""Files that are not images of a format that is read, by their beginnings: a mistake of the client is named."""

from __future__ import annotations

import re

_AS_TEXT = "that was read as text: send its bytes as they are"
_ENCODED = "in base64: send its bytes as they are"
# Each byte above 127 of a PNG or JPEG becomes U+FFFD if UTF-8 is expected, or two bytes if Latin-1 is.
_KINDS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(beginning, re.IGNORECASE | re.DOTALL), kind)
    for beginning, kind in (
        (rb"\Z", "an empty file"),
        (rb"(\xef\xbf\xbd|\xc2\x89)PNG|(\xef\xbf\xbd){3,4}..JFIF|\xc3\xbf\xc3\x98\xc3\xbf", f"an image {_AS_TEXT}"),
        (rb"\x89PNG\n|\x89PNG\r\r\n", f"a PNG {_AS_TEXT}"),
        (rb"data:", f"a data URI, an image {_ENCODED}"),
        (rb"[\"']?(iVBORw0KGgo|/9j/|R0lGOD|UklGR|Qk[0-9a-z+/]{10})", f"an image {_ENCODED}"),
        (rb"\xef\xbb\xbf", "a file with a byte order mark, as a text has it"),
        (rb"....ftyp(avi[fs])", "an AVIF image"),
        (rb"....ftyp(hei[cxms]|hev[cx]|mif1|msf1)", "a HEIC image, as phones take it"),
        (rb"II\*\0|MM\0\*", "a TIFF image"),
        (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "a JPEG 2000 image"),
        (rb"\0\0[\x01\x02]\0", "an icon"),
        (rb"8BPS", "a Photoshop file"),
        (rb"%PDF-", "a PDF"),
        (rb"PK\x03\x04", "a ZIP file"),
        (rb"\x1f\x8b", "a gzip file"),
        (rb"\s*(<\?xml[^>]*>)?\s*(<!--.*?-->\s*)?<svg", "an SVG image"),
        (rb"\s*<(!doctype html|html)", "an HTML page"),
        (rb"\s*[{\[]", "JSON"),
        (rb"RIFF", "a RIFF file without an image, such as a sound"),
    )
)
_MAX_BYTES = 1_000


def other_kind(data: bytes) -> str:
    """Return what a file seems to be, as a noun, "" for nothing known."""
    beginning = data[:_MAX_BYTES]
    return next((kind for pattern, kind in _KINDS if pattern.match(beginning)), "")

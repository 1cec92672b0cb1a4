"""JPEG: the segments of the first picture."""

from __future__ import annotations

import re

from mock_server.pictures.exif import UPRIGHT, orientation
from mock_server.pictures.picture import UnreadableImage

from .container import Container

MAX_SCANS = 100  # each costs a pass over all pixels, and a few bytes
END = b"\xff\xd9"
_EOI, _SOS, _APP0, _APP1, _APP14 = 0xD9, 0xDA, 0xE0, 0xE1, 0xEE
_ALONE = (0x01, 0xD8, *range(0xD0, 0xD8))
# Frame headers and tables of codes (C0 to CF), then quantization, number of lines and restart interval.
_KEPT = (*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD)
_MARKER = re.compile(rb"\xff+([^\x00\xff])")
_AFTER_SCAN = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
# The two that say how colours are stored. JFIF has a thumbnail too, so it is replaced by one without.
_JFIF = b"\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
_ADOBE = b"Adobe"


def reduced(data: bytes) -> Container:
    """Return the file with frame, tables and scans; raise UnreadableImage for too many scans."""
    kept, turn, scans, ended = [data[:2]], UPRIGHT, 0, False
    position = 2
    while (marker := _MARKER.search(data, position)) and not ended:
        code, position = marker[1][0], marker.end()
        ended = code == _EOI
        if ended or code in _ALONE:
            continue
        end = position + int.from_bytes(data[position : position + 2])
        content = data[position + 2 : end]
        if code == _SOS:
            scans += 1
            if scans > MAX_SCANS:
                raise UnreadableImage(f"the image has more than {MAX_SCANS} scans")
            following = _AFTER_SCAN.search(data, end)
            end = following.start() if following else len(data)
        elif code == _APP1 and content.startswith(b"Exif\0\0"):
            turn = orientation(content)
        if code == _SOS or code in _KEPT or (code == _APP14 and content.startswith(_ADOBE)):
            kept += [bytes((0xFF, code)), data[position:end]]
        elif code == _APP0 and content.startswith(b"JFIF\0"):
            kept.append(_JFIF)
        position = max(end, position)
    return Container("JPEG", b"".join((*kept, END)) if ended else b"".join(kept), turn, ended=ended)

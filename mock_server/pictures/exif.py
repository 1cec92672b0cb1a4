"""The orientation in EXIF data, the only metadata of an upload that the mock uses."""

from __future__ import annotations

import struct

UPRIGHT = 1
ORIENTATIONS = range(1, 9)
_TAG, _SHORT = 0x0112, 3
_PREFIX = b"Exif\0\0"
_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_ENTRY_BYTES = 12


def orientation(exif: bytes) -> int:
    """Return the orientation, 1 to 8; 1 for data that has none or is malformed."""
    exif = exif.removeprefix(_PREFIX)
    order = _BYTE_ORDERS.get(exif[:4])
    if order is None:
        return UPRIGHT
    try:
        (directory,) = struct.unpack_from(f"{order}I", exif, 4)
        (entries,) = struct.unpack_from(f"{order}H", exif, directory)
        for index in range(entries):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, directory + 2 + index * _ENTRY_BYTES)
            if tag == _TAG:
                return value if kind == _SHORT and value in ORIENTATIONS else UPRIGHT
    except struct.error:
        pass
    return UPRIGHT

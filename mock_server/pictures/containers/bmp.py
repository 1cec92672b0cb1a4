"""BMP: the format has no metadata that Pillow reads."""

from __future__ import annotations

from .container import Container


def reduced(data: bytes) -> Container:
    """Return the file as it is."""
    return Container("BMP", data)

"""A file that is reduced to its pixels."""

from __future__ import annotations

from dataclasses import dataclass

from mock_server.pictures.exif import UPRIGHT

CUT_SHORT = "the image is damaged or cut short"


@dataclass(frozen=True, slots=True)
class Container:
    """A file in one of the formats, without anything that its first frame does not need."""

    format: str
    """The name that Pillow uses."""
    data: bytes
    orientation: int = UPRIGHT
    canvas: tuple[int, int] | None = None
    """Width and height, where a decoder would allocate memory for them before it reports them."""
    ended: bool = True
    """Whether the file had its end marker, if its decoder needs one."""

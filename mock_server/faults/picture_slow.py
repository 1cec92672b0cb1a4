"""A picture that trickles in."""

from typing import ClassVar

from .slow_body import SlowBody


class PictureSlow(SlowBody, frozen=True):
    """The picture comes in parts, the first at once, the last after so many seconds."""

    name: ClassVar[str] = "picture-slow"
    operations: ClassVar[tuple[str, ...]] = ("getPicture",)

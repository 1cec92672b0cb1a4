"""Faults of pictures: missing, cut short or slow."""

from typing import ClassVar

from .base import Fault, Share, Target
from .reply import SlowBody, TruncatedBody
from .request import Status
from .transmission import Transmission


class PictureMissing(Fault, frozen=True):
    """The picture is answered with 404."""

    name: ClassVar[str] = "picture-missing"
    operations: ClassVar[tuple[str, ...]] = ("getPicture",)

    def answer(self, target: Target) -> Transmission:
        """Return the document's 404."""
        return Status(code=404).answer(target)


class PictureTruncated(Fault, frozen=True):
    """The connection closes after a share of the picture."""

    name: ClassVar[str] = "picture-truncated"
    operations: ClassVar[tuple[str, ...]] = ("getPicture",)

    share: Share = 0.5

    def transmit(self, transmission: Transmission) -> Transmission:
        """Return the beginning of it."""
        return TruncatedBody(share=self.share).transmit(transmission)


class PictureSlow(SlowBody, frozen=True):
    """The picture comes in parts, the first at once, the last after so many seconds."""

    name: ClassVar[str] = "picture-slow"
    operations: ClassVar[tuple[str, ...]] = ("getPicture",)

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

    def early_reply(self, target: Target) -> Transmission:
        """Return the document's 404."""
        return Status(code=404).early_reply(target)


class PictureTruncated(Fault, frozen=True):
    """The connection closes after a share of the picture."""

    name: ClassVar[str] = "picture-truncated"
    operations: ClassVar[tuple[str, ...]] = ("getPicture",)

    share: Share = 0.5

    def change_reply(self, reply: Transmission) -> Transmission:
        """Return the beginning of the picture."""
        return TruncatedBody(share=self.share).change_reply(reply)


class PictureSlow(SlowBody, frozen=True):
    """The picture arrives in parts, the first at once, the last after the given seconds."""

    name: ClassVar[str] = "picture-slow"
    operations: ClassVar[tuple[str, ...]] = ("getPicture",)

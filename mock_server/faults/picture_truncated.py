"""A picture that breaks off."""

from typing import ClassVar

from .base import Fault
from .parameters import Share
from .transmission import Transmission
from .truncated_body import TruncatedBody


class PictureTruncated(Fault, frozen=True):
    """The connection closes after a share of the picture."""

    name: ClassVar[str] = "picture-truncated"
    operations: ClassVar[tuple[str, ...]] = ("getPicture",)

    share: Share = 0.5

    def transmit(self, transmission: Transmission) -> Transmission:
        """Return the beginning of it."""
        return TruncatedBody(share=self.share).transmit(transmission)

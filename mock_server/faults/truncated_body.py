"""A body that breaks off."""

from typing import Annotated, ClassVar

from msgspec import Meta

from .base import Fault
from .parameters import Share
from .transmission import Transmission

_MOST = 2**31 - 1


class TruncatedBody(Fault, frozen=True):
    """The connection closes after some bytes of the body, or a share of them. At least the last byte is missing."""

    name: ClassVar[str] = "truncated-body"

    bytes: Annotated[int, Meta(ge=0, le=_MOST, description=f"integer, 0 to {_MOST}; goes before share")] | None = None
    share: Share = 0.5

    def transmit(self, transmission: Transmission) -> Transmission:
        """Return the beginning of it. The content-length is still that of the whole body."""
        whole = len(transmission.body)
        wanted = int(whole * self.share) if self.bytes is None else self.bytes
        return transmission.cut(max(0, min(wanted, whole - 1)))

"""A connection that is reset."""

from typing import ClassVar

from .base import Fault, Target
from .transmission import Transmission, nothing


class Reset(Fault, frozen=True):
    """The request is not handled, and the connection is reset without a reply."""

    name: ClassVar[str] = "reset"

    def answer(self, target: Target) -> Transmission:
        """Return no reply."""
        del target
        return nothing("reset")

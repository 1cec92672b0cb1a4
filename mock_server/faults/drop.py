"""A connection that is closed."""

from typing import ClassVar

from .base import Fault, Target
from .transmission import Transmission, nothing


class Drop(Fault, frozen=True):
    """The request is not handled, and the connection closes without a reply."""

    name: ClassVar[str] = "drop"

    def answer(self, target: Target) -> Transmission:
        """Return no reply."""
        del target
        return nothing()

"""A picture that is not there."""

from typing import ClassVar

from .base import Fault, Target
from .status import Status
from .transmission import Transmission


class PictureMissing(Fault, frozen=True):
    """The picture is answered with 404."""

    name: ClassVar[str] = "picture-missing"
    operations: ClassVar[tuple[str, ...]] = ("getPicture",)

    def answer(self, target: Target) -> Transmission:
        """Return the document's 404."""
        return Status(code=404).answer(target)

"""A body that is labelled as something else."""

from typing import Annotated, ClassVar

from msgspec import Meta

from .base import Fault
from .transmission import Transmission

_MediaType = Annotated[
    str, Meta(max_length=200, pattern=r"\A[!-~]([ -~]*[!-~])?\Z", description="text, 1 to 200 ASCII characters")
]


class WrongContentType(Fault, frozen=True):
    """The reply comes with a wrong content type."""

    name: ClassVar[str] = "wrong-content-type"

    media_type: _MediaType = "text/html; charset=utf-8"

    def transmit(self, transmission: Transmission) -> Transmission:
        """Return it with the other content type."""
        return transmission.with_header("content-type", self.media_type)

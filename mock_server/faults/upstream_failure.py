"""An engine that fails behind the service."""

from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from mock_server.domain.generation import GenerationRequest

from .base import Fault

_Message = Annotated[
    str, Meta(min_length=1, max_length=500, pattern=r"\A[^\ud800-\udfff]*\Z", description="text, 1 to 500 characters")
]


class UpstreamFailure(Fault, frozen=True):
    """The generation takes its time and then fails: 200 with `status: error`, and nothing is charged."""

    name: ClassVar[str] = "upstream-failure"
    operations: ClassVar[tuple[str, ...]] = ("generateImage",)

    message: _Message = "The image engine failed. Please try again later."

    def begin(self, beginning: GenerationRequest) -> GenerationRequest:
        """Return a generation that ends with the message."""
        return replace(beginning, failure=self.message)

"""Faults of a generation: it fails, takes too long, or does not free its lock."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta
from msgspec.structs import replace

from mock_server.domain.generation import GenerationRequest

from .base import Fault, Seconds

# No lone surrogates: YAML can contain them, and no reply could be encoded.
_Message = Annotated[
    str, Meta(min_length=1, max_length=500, pattern=r"\A[^\ud800-\udfff]*\Z", description="a text, 1 to 500 characters")
]


class UpstreamFailure(Fault, frozen=True):
    """The generation takes its usual time and then fails: 200 with `status: error`, and nothing is charged."""

    name: ClassVar[str] = "upstream-failure"
    operations: ClassVar[tuple[str, ...]] = ("generateImage",)

    message: _Message = "The image engine failed. Please try again later."
    kept: Annotated[int, Meta(ge=0, le=100, description="a number of images, 0 to 100")] = 0

    def change_generation(self, request: GenerationRequest) -> GenerationRequest:
        """Return a generation that ends with the message, and keeps the images that it made before."""
        return replace(request, failure=self.message, kept=self.kept)


class StuckLock(Fault, frozen=True):
    """The generation ends, but its lock is held until it expires, or forever."""

    name: ClassVar[str] = "stuck-lock"
    operations: ClassVar[tuple[str, ...]] = ("generateImage",)

    until: Literal["expiry", "forever"] = "expiry"

    def change_generation(self, request: GenerationRequest) -> GenerationRequest:
        """Return a generation that does not free its lock."""
        return replace(request, lock=self.until)


class SlowGeneration(Fault, frozen=True):
    """The generation takes a given time, by default longer than its lock lives."""

    name: ClassVar[str] = "slow-generation"
    operations: ClassVar[tuple[str, ...]] = ("generateImage",)

    seconds: Seconds = 12

    def change_generation(self, request: GenerationRequest) -> GenerationRequest:
        """Return a generation of that length."""
        return replace(request, forced_seconds=self.seconds)

"""A lock that is not freed."""

from typing import ClassVar, Literal

from msgspec.structs import replace

from mock_server.domain.generation import GenerationRequest

from .base import Fault


class StuckLock(Fault, frozen=True):
    """The generation ends, but its lock is held until it expires, or for ever."""

    name: ClassVar[str] = "stuck-lock"
    operations: ClassVar[tuple[str, ...]] = ("generateImage",)

    until: Literal["expiry", "forever"] = "expiry"

    def begin(self, beginning: GenerationRequest) -> GenerationRequest:
        """Return a generation that does not free its lock."""
        return replace(beginning, lock=self.until)

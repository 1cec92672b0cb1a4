"""A generation that outlives its lock."""

from typing import ClassVar

from msgspec.structs import replace

from mock_server.domain.generation import GenerationRequest

from .base import Fault
from .parameters import Seconds


class SlowGeneration(Fault, frozen=True):
    """The generation takes so long, by default longer than its lock lives."""

    name: ClassVar[str] = "slow-generation"
    operations: ClassVar[tuple[str, ...]] = ("generateImage",)

    seconds: Seconds = 12

    def begin(self, beginning: GenerationRequest) -> GenerationRequest:
        """Return a generation of that length."""
        return replace(beginning, forced_seconds=self.seconds)

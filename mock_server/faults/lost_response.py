"""The lost-response drill: the connection dies at a named point of generate-image."""

from typing import ClassVar, Literal

from msgspec.structs import replace

from mock_server.domain.generation import GenerationRequest

from .base import Fault, Target
from .transmission import Transmission, nothing


class LostResponse(Fault, frozen=True):
    """The client never gets the answer, whatever the service did, a refusal included.

    at: "before-lock", nothing has happened; "locked", the lock is taken and the service goes on by itself; "charged"
    and "recorded", the generation has ended, both in one step here; "headers-sent", before any byte of the body;
    "half-body", after half of them.
    """

    name: ClassVar[str] = "lost-response"
    operations: ClassVar[tuple[str, ...]] = ("generateImage",)

    at: Literal["before-lock", "locked", "charged", "recorded", "headers-sent", "half-body"]

    def answer(self, target: Target) -> Transmission | None:
        """Return no reply, where the request does not get to the lock."""
        del target
        return nothing() if self.at == "before-lock" else None

    def begin(self, beginning: GenerationRequest) -> GenerationRequest:
        """Return a generation that nobody waits for, where the connection dies once it is locked."""
        return replace(beginning, awaited=False) if self.at == "locked" else beginning

    def transmit(self, transmission: Transmission) -> Transmission:
        """Return what gets through."""
        if self.at == "headers-sent":
            return transmission.cut(0)
        if self.at == "half-body":
            return transmission.cut(len(transmission.body) // 2)
        return nothing() if transmission.status else transmission

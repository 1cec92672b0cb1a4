"""Faults of the reply: it is cut short, damaged, slow or lost."""

from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from msgspec import Meta
from msgspec.structs import replace

from mock_server.domain.generation import Beginning

from .base import Fault, Parts, Seconds, Share, Target
from .transmission import Part, Transmission, nothing

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


class MalformedJson(Fault, frozen=True):
    """The reply is complete, but its JSON is broken: a comma stands where it should end."""

    name: ClassVar[str] = "malformed-json"

    def transmit(self, transmission: Transmission) -> Transmission:
        """Return it with a comma for its last byte. No JSON ends with one, and an empty body is none anyway."""
        last = max((number for number, part in enumerate(transmission.parts) if part.data), default=None)
        parts = (
            replace(part, data=part.data[:-1] + b",") if number == last else part
            for number, part in enumerate(transmission.parts)
        )
        return replace(transmission, parts=tuple(parts))


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


class SlowBody(Fault, frozen=True):
    """The body comes in parts, the first at once, the last after so many seconds."""

    name: ClassVar[str] = "slow-body"

    seconds: Seconds = 5
    parts: Parts = 10

    def transmit(self, transmission: Transmission) -> Transmission:
        """Return it in parts. A body with fewer bytes than parts has empty ones; an empty body stays as it is."""
        body = transmission.body
        if not body:
            return transmission
        pause = self.seconds / (self.parts - 1)
        edges = [len(body) * number // self.parts for number in range(self.parts + 1)]
        parts = [Part(body[start:end], pause) for start, end in pairwise(edges)]
        return replace(transmission, parts=(replace(parts[0], after=0), *parts[1:]))


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

    def begin(self, beginning: Beginning) -> Beginning:
        """Return a generation that nobody waits for, where the connection dies once it is locked."""
        return replace(beginning, awaited=False) if self.at == "locked" else beginning

    def transmit(self, transmission: Transmission) -> Transmission:
        """Return what gets through."""
        if self.at == "headers-sent":
            return transmission.cut(0)
        if self.at == "half-body":
            return transmission.cut(len(transmission.body) // 2)
        return nothing() if transmission.status else transmission

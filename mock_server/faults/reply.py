"""Faults of the reply: it is cut short, damaged, slow or lost."""

from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from msgspec import Meta
from msgspec.structs import replace

from mock_server.domain.generation import GenerationRequest

from .base import Fault, Parts, Seconds, Share, Target
from .transmission import Part, Transmission, no_reply

_MAX_BYTES = 2**31 - 1


class TruncatedBody(Fault, frozen=True):
    """The connection closes after a number of bytes, or a share, of the body. At least the last byte is missing."""

    name: ClassVar[str] = "truncated-body"

    bytes: (
        Annotated[int, Meta(ge=0, le=_MAX_BYTES, description=f"an integer, 0 to {_MAX_BYTES}; overrides share")] | None
    ) = None
    share: Share = 0.5

    def change_reply(self, reply: Transmission) -> Transmission:
        """Return the beginning of the reply. Its content-length is still that of the whole body."""
        length = len(reply.body)
        wanted = int(length * self.share) if self.bytes is None else self.bytes
        return reply.cut(max(0, min(wanted, length - 1)))


class MalformedJson(Fault, frozen=True):
    """The reply is complete, but its JSON is invalid: the last byte is a comma."""

    name: ClassVar[str] = "malformed-json"
    unreadable: ClassVar[bool] = True

    def change_reply(self, reply: Transmission) -> Transmission:
        """Return the reply with a comma as its last byte; an empty body, which is not JSON either, stays empty."""
        last = max((number for number, part in enumerate(reply.parts) if part.data), default=None)
        parts = (
            replace(part, data=part.data[:-1] + b",") if number == last else part
            for number, part in enumerate(reply.parts)
        )
        return replace(reply, parts=tuple(parts))


# Printable ASCII: a line break would add headers to the reply.
_MediaType = Annotated[
    str, Meta(max_length=200, pattern=r"\A[!-~]([ -~]*[!-~])?\Z", description="a text, 1 to 200 ASCII characters")
]


class WrongContentType(Fault, frozen=True):
    """The reply has a wrong content type."""

    name: ClassVar[str] = "wrong-content-type"
    unreadable: ClassVar[bool] = True

    media_type: _MediaType = "text/html; charset=utf-8"

    def change_reply(self, reply: Transmission) -> Transmission:
        """Return the reply with the other content type."""
        return reply.with_header("content-type", self.media_type)


class SlowBody(Fault, frozen=True):
    """The body arrives in parts, the first at once, the last after the given seconds."""

    name: ClassVar[str] = "slow-body"

    seconds: Seconds = 5
    parts: Parts = 10

    def change_reply(self, reply: Transmission) -> Transmission:
        """Return the reply in parts, some empty if the body has fewer bytes than parts; an empty body is not split."""
        body = reply.body
        if not body:
            return reply
        pause = self.seconds / (self.parts - 1)
        edges = [len(body) * number // self.parts for number in range(self.parts + 1)]
        parts = [Part(body[start:end], pause) for start, end in pairwise(edges)]
        return replace(reply, parts=(replace(parts[0], after=0), *parts[1:]))


class LostResponse(Fault, frozen=True):
    """The client never gets the whole reply, even if it is a refusal.

    at: "before-lock", nothing has happened; "locked", the lock is taken and the generation continues without the
    client; "charged" and "recorded", the generation has ended (the mock does both in one step); "headers-sent", before
    any byte of the body; "half-body", after half of them.
    """

    name: ClassVar[str] = "lost-response"
    operations: ClassVar[tuple[str, ...]] = ("generateImage",)

    at: Literal["before-lock", "locked", "charged", "recorded", "headers-sent", "half-body"]

    def early_reply(self, target: Target) -> Transmission | None:
        """Return no reply if the request does not reach the lock."""
        del target
        return no_reply() if self.at == "before-lock" else None

    def change_generation(self, request: GenerationRequest) -> GenerationRequest:
        """Return a generation that is not awaited if the connection dies once the lock is taken."""
        return replace(request, awaited=False) if self.at == "locked" else request

    def change_reply(self, reply: Transmission) -> Transmission:
        """Return the part of the reply that is sent."""
        if self.at == "headers-sent":
            return reply.cut(0)
        if self.at == "half-body":
            return reply.cut(len(reply.body) // 2)
        # Without a status, an earlier fault has decided how the connection ends.
        return no_reply() if reply.status else reply

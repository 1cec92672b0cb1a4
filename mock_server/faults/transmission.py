"""A reply as it is sent: bytes, their timing, and how the connection ends."""

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec.structs import replace

Ending = Literal["complete", "closed", "reset"]
# RFC 9110: a 204 must not have a content-length, and that of a 304 is the length of another reply.
_WITHOUT_LENGTH = (204, 304)


class Part(msgspec.Struct, frozen=True):
    """Bytes of a body. after: seconds on the world's clock to wait before they are sent."""

    data: bytes
    after: float = 0


class Transmission(msgspec.Struct, frozen=True):
    """One reply as it is sent. status: None for no reply at all.

    headers: names in lower case, the content-length is that of the whole body even if only a part is sent; ending:
    "complete", or how the connection ends after the last part: "closed", or "reset" (TCP RST).
    """

    status: int | None
    headers: Mapping[str, str]
    parts: tuple[Part, ...]
    ending: Ending = "complete"

    @property
    def body(self) -> bytes:
        """The bytes that are sent."""
        return self.parts[0].data if len(self.parts) == 1 else b"".join(part.data for part in self.parts)

    @property
    def timed(self) -> bool:
        """Whether sending takes time on the world's clock."""
        return any(part.after for part in self.parts)

    def with_header(self, name: str, value: str) -> "Transmission":
        """Return a copy with the header added or replaced."""
        return replace(self, headers={**self.headers, name: value})

    def cut(self, length: int, ending: Ending = "closed") -> "Transmission":
        """Return a copy whose connection ends after `length` bytes of the body, unless it ends sooner."""
        if self.ending != "complete" and len(self.body) <= length:
            return self
        parts: list[Part] = []
        for part in self.parts:
            if length > 0:
                parts.append(replace(part, data=part.data[:length]))
            length -= len(part.data)
        return replace(self, parts=tuple(parts), ending=ending)


def whole(status: int, body: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> Transmission:
    """Return a complete reply."""
    sent = {"content-length": str(len(body)), "content-type": media_type}
    if headers:
        sent |= {name.lower(): value for name, value in headers.items()}
    return Transmission(status, sent, (Part(body),))


def empty(status: int, headers: Mapping[str, str] | None = None) -> Transmission:
    """Return a complete reply without a body."""
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    if status not in _WITHOUT_LENGTH:
        sent["content-length"] = "0"
    return Transmission(status, sent, (Part(b""),))


def no_reply(ending: Ending = "closed") -> Transmission:
    """Return no reply at all: the connection ends."""
    return Transmission(None, {}, (), ending)

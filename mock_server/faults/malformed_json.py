"""A body that is no JSON."""

from typing import ClassVar

from msgspec.structs import replace

from .base import Fault
from .transmission import Transmission


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

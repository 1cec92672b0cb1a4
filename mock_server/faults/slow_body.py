"""A body that trickles in."""

from itertools import pairwise
from typing import ClassVar

from msgspec.structs import replace

from .base import Fault
from .parameters import Parts, Seconds
from .transmission import Part, Transmission


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

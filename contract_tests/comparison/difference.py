"""A difference between a recorded reply and that of its reissue, before it is diagnosed."""

from dataclasses import dataclass
from typing import Any, Literal

from contract_tests.comparison.pointer import pointer
from contract_tests.recordings.model import RecordedExchange

Kind = Literal[
    "silence",  # the reissue got no reply
    "status",
    "body",  # JSON, a picture, another text, or nothing
    "missing",  # a field or an entry
    "further",  # a field or an entry that the recording lacks
    "type",
    "value",
    "identifier",  # equal values became different ones, or the reverse
    "form",  # of an address or a date
    "distance",  # between dates
    "order",
    "header",
]


@dataclass(frozen=True)
class Difference:
    """where: the place in the file of the exchange. expected: as recorded, received: in the reissue."""

    exchange: int
    where: str
    kind: Kind
    expected: Any
    received: Any


@dataclass(frozen=True)
class Pair:
    """A recorded exchange and its reissue, each with the times of its own side."""

    recorded: RecordedExchange
    reissued: RecordedExchange

    def differs(self, kind: Kind, expected: Any, received: Any, *steps: str | int) -> Difference:
        return Difference(self.recorded.number, pointer("response", *steps), kind, expected, received)

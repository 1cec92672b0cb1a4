"""One run of a client as it was observed: its requests, the images that they made, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from mock_server.domain.clock import Instant
from mock_server.domain.entry import Entry
from mock_server.domain.world import Image

from .points import Point

Ended = Literal["success", "failure", "hang", "storm"]
_REACHABLE = 10


class Arrival(msgspec.Struct):
    """A request of a run. number: from 1; at: when it arrived; point: at which it fails, None if it does not; planned:
    whether the schedule names it, False if an earlier failure lasts; delivered: whether its whole reply was sent to a
    client that was still there; entry: in the journal, None if it never ended.
    """

    number: int
    operation: str | None
    method: str
    path: str
    at: Instant
    point: Point | None = None
    planned: bool = False
    delivered: bool = False
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a client. ended: it reported a success or a failure, or was interrupted; said: the end in words;
    images: those that its requests made, oldest first, also those made after it ended; valued: whether it returned
    something that is not empty; overdue: whether it was interrupted because it took too long in real time.
    """

    ended: Ended
    said: str
    requests: Sequence[Arrival]
    images: Sequence[Image]
    valued: bool = False
    overdue: bool = False

    @property
    def cost(self) -> int:
        """The credits that the run has cost."""
        return sum(each.credits for each in self.images)

    @property
    def generations(self) -> int:
        """The number of generations that were paid for."""
        return len({each.generation for each in self.images if each.credits})

    @property
    def fetched(self) -> frozenset[str]:
        """The titles of the pictures that the client has received completely."""
        entries = [(each, each.entry) for each in self.requests if each.entry]
        return frozenset(
            entry.picture
            for arrival, entry in entries
            if entry.picture and entry.method == "GET" and entry.status == 200 and entry.complete and arrival.delivered
        )

    @property
    def unfetched(self) -> list[Image]:
        """The images that were paid for and are among the last 10, and whose pictures the client has not."""
        return [each for each in self.images[-_REACHABLE:] if each.credits and each.title not in self.fetched]

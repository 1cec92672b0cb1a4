"""Checks concurrent calls of one account by when each was sent and answered. Times are seconds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from contract_tests.client.call import Reply
from contract_tests.oracle import replies
from contract_tests.oracle.facts import LOCK_SECONDS
from contract_tests.oracle.images import documented
from contract_tests.oracle.oracle import Deviation

Kind = Literal["generate", "check"]
# The part of a lone generation's time that is certainly not spent on the network.
_CERTAIN = 0.75


@dataclass(frozen=True)
class Seen:
    """One call and its reply; reply: None if none arrived."""

    kind: Kind
    reply: Reply | None

    @property
    def status(self) -> int:
        return self.reply.status if self.reply else 0

    @property
    def served(self) -> bool:
        """Whether it is a generation that made images."""
        return self.kind == "generate" and self.reply is not None and replies.made(self.reply)

    @property
    def sent(self) -> float:
        return self.reply.exchange.sent if self.reply else 0.0

    @property
    def received(self) -> float:
        return self.reply.exchange.received if self.reply else 0.0


@dataclass(frozen=True)
class Witnessed:
    deviation: Deviation
    witnesses: tuple[Reply, ...]


def deviations(history: Sequence[Seen], quickest: float) -> Iterator[Witnessed]:
    """Yield what contradicts LOCK-ONE and LOCK-CHECK; quickest: the shortest time that a generation took."""
    served = [seen for seen in history if seen.served]
    # One that waited in a queue or on the network took longer than it ran: only the quickest shows how long one runs.
    certain = _CERTAIN * min([quickest, *(seen.received - seen.sent for seen in served)])
    for one, other in combinations(served, 2):
        if _meet(_core(one, certain), _core(other, certain)):
            yield _witnessed("LOCK-ONE", "409 to one of two generations at once", "200 to both", one, other)
    for running in served:
        # Later, its lock may have expired while it still runs [LOCK-10S].
        ended = running.sent + min(certain, LOCK_SECONDS)
        for check in (seen for seen in history if seen.kind == "check" and seen.status == 200):
            if _reported_before(history, running, check) and check.received < ended:
                yield _witnessed("LOCK-CHECK", "409 while a generation runs", "200", running, check)


def overlapping(history: Sequence[Seen]) -> list[Seen]:
    """Return the calls that met a generation: those that got 409, if a generation was served."""
    served = any(seen.served for seen in history)
    return [seen for seen in history if served and seen.status == 409]


def made(history: Sequence[Seen]) -> list[dict[str, Any]]:
    """Return the images of all replies."""
    images = [image for seen in history if seen.served and seen.reply for image in seen.reply.images]
    return [documented(image) for image in images if isinstance(image, dict)]


def _reported_before(history: Sequence[Seen], running: Seen, check: Seen) -> bool:
    """Return whether a 409 was received before the check was sent, so that the generation had begun."""
    reported = [seen.received for seen in history if seen.status == 409 and seen.sent > running.sent]
    return any(moment < check.sent for moment in reported)


def _core(seen: Seen, certain: float) -> tuple[float, float]:
    """Return the interval in which a generation of that length certainly ran; empty if it starts after its end."""
    # It began at the latest so long before its reply, and ended at the earliest so long after its request.
    return seen.received - certain, seen.sent + certain


def _meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def _witnessed(rule: str, expected: str, received: str, *witnesses: Seen) -> Witnessed:
    first = witnesses[0].sent
    times = ", ".join(
        f"{seen.kind} from {seen.sent - first:.2f} to {seen.received - first:.2f} s" for seen in witnesses
    )
    shown = tuple(seen.reply for seen in witnesses if seen.reply)
    return Witnessed(Deviation(rule, expected, f"{received} ({times})"), shown)

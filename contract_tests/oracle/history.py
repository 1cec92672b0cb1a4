"""Judging what many callers at once were told, by when each asked and was answered. Times are seconds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from contract_tests.client.call import Reply
from contract_tests.oracle.facts import LOCK_SECONDS
from contract_tests.oracle.oracle import Complaint

Kind = Literal["generate", "check"]
# How much of the time that a generation takes alone is surely spent on it, its way there and back set aside.
_SURE = 0.75


@dataclass(frozen=True)
class Seen:
    """What one caller asked and was told; reply: None where none came."""

    kind: Kind
    reply: Reply | None

    @property
    def status(self) -> int:
        return self.reply.status if self.reply else 0

    @property
    def sent(self) -> float:
        return self.reply.exchange.sent if self.reply else 0.0

    @property
    def received(self) -> float:
        return self.reply.exchange.received if self.reply else 0.0


@dataclass(frozen=True)
class Finding:
    complaint: Complaint
    witnesses: tuple[Reply, ...]


def findings(history: Sequence[Seen], quickest: float) -> Iterator[Finding]:
    """What contradicts LOCK-ONE and LOCK-CHECK; quickest: the shortest time that a generation was seen to take."""
    served = [seen for seen in history if seen.kind == "generate" and seen.status == 200]
    surely = _SURE * min([quickest, *(seen.received - seen.sent for seen in served)])
    for one, other in combinations(served, 2):
        if _meet(_core(one, surely), _core(other, surely)):
            yield _finding("LOCK-ONE", "409 to one of two generations at once", "200 to both", one, other)
    for running in served:
        ended = running.sent + min(surely, LOCK_SECONDS)
        for check in (seen for seen in history if seen.kind == "check" and seen.status == 200):
            if _told_before(history, running, check) and check.received < ended:
                yield _finding("LOCK-CHECK", "409 while a generation runs", "200", running, check)


def overlapped(history: Sequence[Seen]) -> bool:
    """Whether a generation met another call: one was served, and another was told that it runs."""
    return any(seen.kind == "generate" and seen.status == 200 for seen in history) and any(
        seen.status == 409 for seen in history
    )


def made(history: Sequence[Seen]) -> list[dict[str, Any]]:
    """The images of all replies."""
    replies = [seen.reply for seen in history if seen.kind == "generate" and seen.status == 200 and seen.reply]
    return [image for reply in replies for image in reply.json()["images"]]


def _told_before(history: Sequence[Seen], running: Seen, check: Seen) -> bool:
    """Whether somebody had been told of the generation before the check was sent, so that it had begun."""
    told = [seen.received for seen in history if seen.status == 409 and seen.sent > running.sent]
    return any(moment < check.sent for moment in told)


def _core(seen: Seen, surely: float) -> tuple[float, float]:
    """Between which moments a generation surely ran, if it took so long at least; none where the first is the later."""
    return seen.received - surely, seen.sent + surely


def _meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def _finding(rule: str, expected: str, received: str, *witnesses: Seen) -> Finding:
    first = witnesses[0].sent
    times = ", ".join(
        f"{seen.kind} from {seen.sent - first:.2f} to {seen.received - first:.2f} s" for seen in witnesses
    )
    replies = tuple(seen.reply for seen in witnesses if seen.reply)
    return Finding(Complaint(rule, expected, f"{received} ({times})"), replies)

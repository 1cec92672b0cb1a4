"""A run as a text: its requests and replies, when the lock was held, and what was paid, in virtual time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mock_server.domain.clock import SECOND, Instant
from mock_server.domain.world import Image

from .observed import Arrival, Run
from .points import GENERATE

_MAX_LINES = 24
_HEAD = "   seconds  lock  paid"


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that happened. lock: 1 if it is taken then, -1 if it is freed; paid: credits."""

    at: Instant
    number: int
    text: str
    lock: int = 0
    paid: int = 0


def timeline(run: Run, lock_seconds: float = 10) -> str:
    """Return the lines of a run. lock_seconds: for how long a lock lives."""
    if not run.requests:
        return f"{_HEAD}\n{' ' * len(_HEAD)}  no request"
    start = run.requests[0].at
    lines, held, paid = [_HEAD], 0, 0
    for event in _shortened(
        sorted(_events(run, round(lock_seconds * SECOND)), key=lambda each: (each.at, each.number))
    ):
        held += event.lock
        paid += event.paid
        lane = "[" if event.lock > 0 else "]" if event.lock < 0 else "|" if held > 0 else ""
        lines.append(f"{(event.at - start) / SECOND:10.3f}  {lane:^4}  {paid:4d}  {event.text}")
    end = "the client was interrupted" if run.ended in ("hang", "storm") else f"the client reports a {run.ended}"
    lines.append(f"{'end':>10}  {'':4}  {run.cost:4d}  {end}: {run.said}"[:200])
    return "\n".join(lines)


def _events(run: Run, lock: int) -> Iterator[_Event]:
    for arrival in run.requests:
        made = [each for each in run.images if arrival.entry and each.generation == arrival.entry.id]
        yield from _exchange(arrival, made, lock)


def _exchange(arrival: Arrival, made: Sequence[Image], lock: int) -> Iterator[_Event]:
    """Yield the events of one request, in the order of those that happen at one instant."""
    entry, at, number = arrival.entry, arrival.at, arrival.number
    # A world has a clock of its own, which a test may have set.
    offset = entry.at - at if entry else 0
    failed = bool(entry and arrival.operation == GENERATE and entry.status == 200 and not made)
    ends = made[-1].created_at - offset if made else entry.ended - offset if entry and failed else None
    sent = f"{number:2d} {arrival.method} {arrival.path.rpartition('/')[2]}"
    if ends is None:
        yield _Event(at, 2 * number, f"{sent}  {_answer(arrival)}")
        return
    yield _Event(at, 2 * number, sent, lock=1)
    if made:
        names = ", ".join(each.title for each in made)
        yield _Event(ends, 2 * number, f"   charged: {names}", paid=sum(each.credits for each in made))
    yield _Event(min(ends, at + lock), 2 * number, "   lock free" if ends > at + lock else f"{number:2d} ends", lock=-1)
    yield _Event(ends, 2 * number + 1, f"{number:2d} {_answer(arrival)}")


def _answer(arrival: Arrival) -> str:
    entry = arrival.entry
    reply = "no reply" if entry is None or entry.status is None else str(entry.status)
    if arrival.point:
        reply += f"  ** {arrival.point.says}" if arrival.planned else f"  ({arrival.point.says})"
    elif entry and not (entry.complete and arrival.delivered):
        reply += ", the client was gone"
    return f"-> {reply}"


def _shortened(events: list[_Event]) -> Iterator[_Event]:
    """Yield the events; of very many, the first and the last ones."""
    if len(events) <= _MAX_LINES:
        yield from events
        return
    half = _MAX_LINES // 2
    yield from events[:half]
    left = events[half:-half]
    text = f"   … {len(left)} more"
    yield _Event(left[0].at, 0, text, sum(each.lock for each in left), sum(each.paid for each in left))
    yield from events[-half:]

"""Causes that do not depend on who was asked: an account in another state, a reply of a gateway, a moment missed."""

from collections.abc import Iterator, Sequence

from contract_tests.comparison.context import Context
from contract_tests.comparison.facts import (
    LOCKED,
    NO_CREDITS,
    RELEASE_SECONDS,
    UNAUTHENTICATED,
    WITHOUT_TOKEN,
    arrival_seconds,
    by_gateway,
    entries_of,
    failed,
    met_no_lock,
    over_limit,
    served,
    status_of,
    throttled,
    without_images,
)
from contract_tests.comparison.finding import Cause
from contract_tests.comparison.requests import sends_same_bytes
from contract_tests.oracle.facts import LOCK_SECONDS
from contract_tests.recordings.model import RecordedExchange

# The reply to a generation arrives a little after its end.
_MARGIN_SECONDS = 0.05
_ABOUT_PARAMETERS = frozenset({400, 413, 415, 422})


def refused_roles(exchanges: Sequence[RecordedExchange]) -> Iterator[str]:
    """Yield the accounts with a token of which every call was refused with 401."""
    for role in sorted({each.role for each in exchanges} - WITHOUT_TOKEN):
        replies = [status_of(each) for each in exchanges if each.role == role and _needs_token(each)]
        if replies and all(status == UNAUTHENTICATED for status in replies):
            yield role


def _needs_token(exchange: RecordedExchange) -> bool:
    return exchange.request.authorization is not None and exchange.operation not in {None, "picture"}


def no_answer(context: Context) -> Cause | None:
    """Return the cause of a reissue that says nothing about the API."""
    if context.difference.kind == "silence":
        return Cause("inconclusive", "SHAPE", why=f"no reply: {context.reissued.error}")
    if throttled(context.reissued):
        return Cause("inconclusive", "RATE", why="the rate of requests was limited")
    if by_gateway(context.reissued):
        return Cause("inconclusive", "SHAPE", why="a gateway answered")
    return None


def failed_generation(context: Context) -> Cause | None:
    """Return the cause of a generation that failed by itself on one side [STATUS-ERROR]."""
    # A request that a service served before is valid, whether the documentation allows it or not.
    again = without_images if context.outcome.drifts else failed
    failures = failed(context.recorded), again(context.reissued)
    if failures[0] != failures[1] and any(served(each) for each in (context.recorded, context.reissued)):
        side = "recording" if failures[0] else "reissue"
        return Cause("inconclusive", "STATUS-ERROR", why=f"the generation failed in the {side}")
    return None


def other_upload(context: Context) -> Cause | None:
    """Return the cause of a difference that another picture than the uploaded one may make."""
    statuses = set(context.statuses)
    judged = context.was_served != context.is_served and bool(statuses & _ABOUT_PARAMETERS or statuses == {200})
    if sends_same_bytes(context.recorded.request) or not judged:
        return None
    why = "the uploaded bytes are not part of the recording, and a grey picture of the same size was sent"
    return Cause("recording_unusable", "I2I-SRC", why=why)


def missed_moment(context: Context) -> Cause | None:
    """Return the cause of a difference that a few milliseconds make: a lock or a queue that just begins or ends."""
    statuses = context.statuses
    if LOCKED in statuses and statuses[0] != statuses[1]:
        # A refusal shows that the lock was held; where there was none, the request may have been early or late.
        free = [side for side in _sides(context) if status_of(side[0]) != LOCKED]
        if any(_ends_meanwhile(*side) for side in free):
            return Cause("inconclusive", context.rule, why="a generation ended while the request was sent")
        if any(_begins_meanwhile(*side) for side in free):
            return Cause("inconclusive", context.rule, why="a generation began while the request was sent")
        refused = [side for side in _sides(context) if status_of(side[0]) == LOCKED]
        if any(_ended_just_before(*side) for side in refused):
            return Cause("inconclusive", context.rule, why="a lock may last a moment longer than its call")
    listed = context.recorded.operation == "getRecentImages" and context.difference.kind in {"missing", "further"}
    if listed and len(context.steps) <= 2 and any(_ends_meanwhile(*side) for side in _sides(context)):
        return Cause("inconclusive", context.rule, why="a generation ended while the list was read")
    if context.rule == "QUEUED" and context.difference.kind == "value":
        return Cause("inconclusive", "QUEUED", why="the picture was ready at another moment")
    return None


_Side = tuple[RecordedExchange, Sequence[RecordedExchange]]


def _sides(context: Context) -> list[_Side]:
    """Return the exchange with all others, on each side in real time: a replay has an order of its own."""
    recorded: _Side = (context.recorded, context.exchanges)
    return [recorded, (context.reissued, context.reissues)] if context.outcome.drifts else [recorded]


def _ends_meanwhile(exchange: RecordedExchange, others: Sequence[RecordedExchange]) -> bool:
    """Return whether a generation ended during the exchange."""
    return any(
        served(other) and other.sent < exchange.sent < other.received < exchange.received + _MARGIN_SECONDS
        for other in others
    )


def _ended_just_before(exchange: RecordedExchange, others: Sequence[RecordedExchange]) -> bool:
    """Return whether a generation or a check ended a moment before a refusal by the lock, which was not found later."""
    own = [each for each in others if each.role == exchange.role]
    taking = [each for each in own if served(each) or met_no_lock(each)]
    ended = [each for each in taking if each.received <= exchange.sent]
    last = max(ended, key=lambda each: each.received, default=None)
    if last is None or exchange.sent >= last.received + RELEASE_SECONDS:
        return False
    generations = [each for each in own if served(each) and each is not last]
    return not any(
        status_of(each) == LOCKED
        and last.received + RELEASE_SECONDS <= each.sent < last.sent + LOCK_SECONDS
        and not any(other.sent <= each.received and each.sent <= other.received for other in generations)
        for each in own
    )


def _begins_meanwhile(exchange: RecordedExchange, others: Sequence[RecordedExchange]) -> bool:
    """Return whether a generation was requested at about the same time."""
    arrival = arrival_seconds(others)
    return any(
        served(other)
        and other.number != exchange.number
        and other.sent < exchange.received
        and exchange.sent < min(other.sent + arrival, other.received)
        for other in others
    )


def crowded(context: Context) -> Cause | None:
    """Return the cause of an image that later images of another client have moved out of the list."""
    if context.difference.kind == "missing" and context.difference.received:
        return Cause("inconclusive", "RECENT-10", why="another client of the account makes images")
    return None


def consequence(context: Context, causes: dict[int, Cause]) -> Cause | None:
    """Return the cause of an earlier difference that explains this one: a generation was served on one side only."""
    same_account = _depends_on_account(context)
    for exchange, cause in _earlier(context, causes):
        pair = context.pair_of(exchange.number)
        if pair is None or served(pair.recorded) == served(pair.reissued):
            continue
        holds = LOCKED in context.statuses and exchange.number in {
            holder.number for side in (True, False) for holder in context.holders(recorded=side)
        }
        if holds or (same_account and exchange.role == context.recorded.role):
            return cause
    return None


def _depends_on_account(context: Context) -> bool:
    quota = NO_CREDITS in context.statuses or over_limit(context.recorded) or over_limit(context.reissued)
    listed = context.recorded.operation == "getRecentImages" and bool(entries_of(context.reissued))
    return (quota and context.difference.kind == "status") or (
        listed and context.difference.kind in {"missing", "further"}
    )


def _earlier(context: Context, causes: dict[int, Cause]) -> Iterator[tuple[RecordedExchange, Cause]]:
    for exchange in context.exchanges:
        earlier = exchange.sent < context.recorded.received and exchange.number != context.recorded.number
        if earlier and exchange.number in causes:
            yield exchange, causes[exchange.number]

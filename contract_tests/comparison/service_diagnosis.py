"""The cause of a difference at the service: the service itself, or the state of an account."""

from contract_tests.comparison.context import Context
from contract_tests.comparison.documented import contradictions
from contract_tests.comparison.facts import (
    LOCKED,
    NO_CREDITS,
    UNAUTHENTICATED,
    arrival_seconds,
    foreign_lock,
    images_made,
    is_generation,
    over_limit,
    served,
    status_of,
)
from contract_tests.comparison.finding import Cause
from contract_tests.comparison.requests import images_of, kind_of_request
from contract_tests.oracle.facts import LOCK_SECONDS
from contract_tests.oracle.kinds import Kind
from contract_tests.recordings.model import RecordedExchange

_LAST_SECONDS = 1.0
_MIN_WITNESSES = 2


def diagnose_service(context: Context) -> Cause:
    """Return the cause of a difference at the service."""
    if context.difference.kind == "status":
        quota = (_is_quota(context.recorded), _is_quota(context.reissued))
        if LOCKED in context.statuses and not quota[1]:
            return _lock(context)
        if quota[1] and not quota[0]:
            return _newly_refused(context)
        if quota[0] and not quota[1]:
            return _newly_served(context)
        if context.statuses[1] == 403 and context.statuses[0] != UNAUTHENTICATED:
            return Cause("recording_unusable", "FORBIDDEN", why="the plan of the account may not allow it any more")
    return _changed(context)


def _changed(context: Context, rule: str | None = None) -> Cause:
    """Return that the service changed, by the documented rule that it breaks now, if it does."""
    before = {each.rule for each in contradictions(context.recorded, context.exchanges)}
    for found in contradictions(context.reissued, context.reissues):
        if found.rule not in before and context.difference.where.startswith(found.where) and found.rule != "SHAPE":
            return Cause("service_changed", found.rule, why=f"{found.received}; documented: {found.expected}")
    return Cause("service_changed", rule or context.rule)


# The lock


def _lock(context: Context) -> Cause:
    return _newly_locked(context) if context.statuses[1] == LOCKED else _newly_free(context)


def _newly_locked(context: Context) -> Cause:
    own = [each for each in context.holders(recorded=False) if each.role == context.reissued.role]
    if not own or context.outcome.target.lock_scope == "global":
        return Cause("inconclusive", "LOCK-SCOPE", why="another client may hold the lock")
    if any(context.is_new(each) and context.reissued.sent < each.received for each in own):
        return Cause("inconclusive", context.rule, why="a generation was running that the recording refused")
    over = all(each.received <= context.reissued.sent for each in own)
    return _changed(context, "LOCK-RELEASE" if over else context.rule)


def _newly_free(context: Context) -> Cause:
    if is_generation(context.recorded) and not context.is_served:
        return _changed(context)  # refused in another way
    if foreign_lock(context.recorded, context.outcome.recording.exchanges):
        return Cause("recording_unusable", context.rule, why="another client held the lock in the recording")
    for holder in context.holders(recorded=True):
        pair = context.pair_of(holder.number)
        if pair is None or not served(pair.reissued):
            continue
        # Near the end of its life, a lock may be gone a moment earlier.
        if context.reissued.received - pair.reissued.sent > LOCK_SECONDS - _LAST_SECONDS:
            continue
        if holder.received <= context.recorded.sent:
            if holder.role == context.recorded.role:
                return _changed(context, "LOCK-RELEASE")
        elif _throughout(pair.reissued, context):
            return _changed(context, context.rule if holder.role == context.recorded.role else "LOCK-SCOPE")
    return Cause("inconclusive", context.rule, why="the requests did not overlap as in the recording")


def _throughout(running: RecordedExchange, context: Context) -> bool:
    """Return whether a generation of the reissue ran from before a request until after its reply."""
    exchange = context.reissued
    return running.sent + arrival_seconds(context.reissues) <= exchange.sent and exchange.received <= running.received


# Credits and the daily limit


def _is_quota(exchange: RecordedExchange) -> bool:
    return status_of(exchange) == NO_CREDITS or over_limit(exchange)


def _newly_refused(context: Context) -> Cause:
    """Return the cause of a refusal by a quota: a later generation of the account shows that it is not used up."""
    wanted = images_of(context.recorded.request)
    same_refusal = status_of(context.reissued)
    if any(images_made(each) >= wanted for each in context.later()):
        return _changed(context)
    without = {"empty": NO_CREDITS, "limited": 429}.get(context.recorded.role)
    if without == same_refusal and not context.was_served:
        return _changed(context, "ORDER")  # the quota was used up then as well
    why = (
        "the account has no credits left" if same_refusal == NO_CREDITS else "the daily limit of the account is reached"
    )
    return Cause("recording_unusable", context.rule, why=why)


def _newly_served(context: Context) -> Cause:
    """Return the cause of a missing refusal: a later one shows that the quota was used up before its time."""
    if not context.is_served:
        invalid = kind_of_request(context.recorded.request) is Kind.INVALID
        return _changed(context, "ORDER" if invalid else None)
    refused = status_of(context.recorded)
    if any(status_of(each) == refused and _is_quota(each) for each in context.later()):
        return _changed(context, "CREDIT-NEED" if refused == NO_CREDITS else "DAILY-RESET")
    witnesses = {
        pair.recorded.role
        for pair in context.outcome.pairs
        if status_of(pair.recorded) == refused and _is_quota(pair.recorded) and served(pair.reissued)
    }
    # That two accounts were topped up at the same time is less likely than a service that stopped counting.
    if len(witnesses) >= _MIN_WITNESSES:
        return _changed(context)
    why = "the account has credits again" if refused == NO_CREDITS else "the account has images left again"
    return Cause("recording_unusable", context.rule, why=why)

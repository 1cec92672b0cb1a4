"""When generations ran at the service, as far as the replies to other requests tell: within their own requests."""

from collections.abc import Sequence

from msgspec import structs

from contract_tests.comparison.facts import ARRIVAL_SECONDS, met_no_lock, served
from contract_tests.recordings.model import RecordedExchange

_TINY_SECONDS = 1e-6
_LOCK_SENSITIVE = frozenset({"checkAvailability", "generateImage"})


def narrowed(exchanges: Sequence[RecordedExchange]) -> list[RecordedExchange]:
    """Return the exchanges with each generation between the calls that found the account free before and after it.

    The service may have read a check first that was sent a moment after a generation was requested, and may have ended
    a generation a moment before its reply arrived.
    """
    free = [each for each in exchanges if _found_free(each)]
    return [_between(each, free) if served(each) else each for each in exchanges]


def _found_free(exchange: RecordedExchange) -> bool:
    if exchange.operation not in _LOCK_SENSITIVE:
        return False
    return served(exchange) or met_no_lock(exchange)


def _between(generation: RecordedExchange, free: Sequence[RecordedExchange]) -> RecordedExchange:
    moments = [each.sent for each in free if each.role == generation.role and each.number != generation.number]
    soon = min(generation.sent + ARRIVAL_SECONDS, generation.received)
    begins = max((at + _TINY_SECONDS for at in moments if generation.sent <= at <= soon), default=generation.sent)
    late = max(begins, generation.received - ARRIVAL_SECONDS)
    ends = min((at - _TINY_SECONDS for at in moments if late < at < generation.received), default=generation.received)
    return structs.replace(generation, sent=begins, received=max(ends, begins))

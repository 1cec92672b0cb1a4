"""The meaning of a recorded exchange for its account: served, or refused and why, and the lock that it met."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import UNSET

from contract_tests.client.throttling import throttle_pause
from contract_tests.comparison.observed import lower_names, reply_of
from contract_tests.comparison.requests import images_of, kind_of_request
from contract_tests.oracle.contract import from_gateway
from contract_tests.oracle.facts import LOCK_SECONDS
from contract_tests.oracle.kinds import Kind
from contract_tests.oracle.replies import made
from contract_tests.recordings.model import RecordedExchange

LOCKED, NO_CREDITS, OVER_LIMIT, UNAUTHENTICATED = 409, 419, 429, 401
WITHOUT_TOKEN = frozenset({"anonymous", "invalid"})
# A request may take this long to arrive, so that a shorter overlap proves nothing.
ARRIVAL_SECONDS = 0.3
# A service may release the lock after its reply, and take it for a check, too; a busy one takes a while for both.
RELEASE_SECONDS = 0.5
_QUICK = frozenset({"checkAvailability", "getVersions"})


def status_of(exchange: RecordedExchange) -> int:
    """Return the status of the reply, 0 without one."""
    return exchange.response.status if exchange.response else 0


def body_of(exchange: RecordedExchange) -> Any:
    """Return the JSON of the reply, None if it has none."""
    response = exchange.response
    return None if response is None or response.json is UNSET else response.json


def is_generation(exchange: RecordedExchange) -> bool:
    return exchange.operation == "generateImage"


def served(exchange: RecordedExchange) -> bool:
    """Return whether a generation was served."""
    return (
        is_generation(exchange)
        and exchange.response is not None
        and made(reply_of(exchange.request, exchange.response))
    )


def without_images(exchange: RecordedExchange) -> bool:
    """Return whether a generation was answered with 200 and made nothing [STATUS-ERROR]."""
    return is_generation(exchange) and status_of(exchange) == 200 and not served(exchange)


def met_no_lock(exchange: RecordedExchange) -> bool:
    """Return whether a check found its account free."""
    return exchange.operation == "checkAvailability" and 0 < status_of(exchange) < LOCKED


def failed(exchange: RecordedExchange) -> bool:
    """Return whether a generation failed by itself: its request is documented, so it was not refused."""
    return without_images(exchange) and kind_of_request(exchange.request) is Kind.DOCUMENTED


def arrival_seconds(exchanges: Sequence[RecordedExchange]) -> float:
    """Return how long a request may take to arrive: as long as the slowest call that makes no image took."""
    quick = (each.received - each.sent for each in exchanges if each.operation in _QUICK and each.response)
    return max([ARRIVAL_SECONDS, *quick])


def images_made(exchange: RecordedExchange) -> int:
    """Return how many images a generation made, as its reply lists them."""
    images = body_of(exchange).get("images") if served(exchange) and isinstance(body_of(exchange), dict) else None
    return len(images) if isinstance(images, list) else images_of(exchange.request) if served(exchange) else 0


def entries_of(exchange: RecordedExchange) -> list[dict[str, Any]]:
    """Return the images in the reply to a generation or in recent-images."""
    body = body_of(exchange)
    images = body.get("images") if isinstance(body, dict) else body
    return [entry for entry in images if isinstance(entry, dict)] if isinstance(images, list) else []


def throttled(exchange: RecordedExchange) -> bool:
    """Return whether the reply limits the rate of requests [RATE]."""
    response = exchange.response
    if response is None:
        return False
    text = response.text if isinstance(response.text, str) else str(body_of(exchange))
    method = "POST" if is_generation(exchange) else exchange.request.method
    return throttle_pause(method, response.status, lower_names(response.headers), text, 0) is not None


def by_gateway(exchange: RecordedExchange) -> bool:
    """Return whether a proxy answered while the service was away."""
    return exchange.response is not None and from_gateway(reply_of(exchange.request, exchange.response))


def over_limit(exchange: RecordedExchange) -> bool:
    """Return whether a generation was refused by the daily limit [DAILY-429]."""
    return is_generation(exchange) and status_of(exchange) == OVER_LIMIT and not throttled(exchange)


def holding(exchange: RecordedExchange, others: Iterable[RecordedExchange]) -> Iterator[RecordedExchange]:
    """Yield the served generations whose lock may have been in force at an exchange.

    A generation has it from its request until its reply, for all accounts by one reading [LOCK-SCOPE]; that of the same
    account for the whole life of the lock by another one [LOCK-RELEASE].
    """
    for other in others:
        last = max(other.received, other.sent + LOCK_SECONDS) if other.role == exchange.role else other.received
        meets = other.sent <= exchange.received and exchange.sent <= last
        if meets and other.number != exchange.number and served(other):
            yield other


def foreign_lock(exchange: RecordedExchange, others: Sequence[RecordedExchange]) -> bool:
    """Return whether an exchange met a lock that no generation of the recording explains."""
    if status_of(exchange) != LOCKED:
        return False
    if exchange.role == "busy":
        return True
    if any(holding(exchange, others)):
        return False
    # A lock that was never seen free since an account's own generation may be that generation's, however long it lives.
    for earlier in reversed([other for other in others if other.role == exchange.role and other.sent < exchange.sent]):
        if served(earlier):
            return False
        if earlier.operation == "checkAvailability" and status_of(earlier) != LOCKED:
            return True
    return True

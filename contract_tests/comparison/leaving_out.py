"""The exchanges of a recording from which nothing can be learned by sending them again, each with the reason."""

from collections.abc import Iterator, Sequence

from msgspec import UNSET

from contract_tests.comparison.facts import LOCKED, by_gateway, holding, status_of, throttled, without_images
from contract_tests.comparison.requests import kind_of_request
from contract_tests.oracle.facts import LOCK_SECONDS
from contract_tests.oracle.kinds import Kind
from contract_tests.recordings.model import RecordedExchange

# The role of the accounts that a run makes at a mock, one for each test, which share no state.
_PREPARED = "fresh"


def is_prepared(exchange: RecordedExchange) -> bool:
    """Return whether the control API of a mock prepared the account, which no recording shows."""
    return exchange.role == _PREPARED


def reason_to_leave_out(exchange: RecordedExchange) -> str | None:
    """Return why nothing can be learned from an exchange, None if something can."""
    if is_prepared(exchange):
        return "the control API of a mock prepared its account"
    if exchange.response is None:
        return "it got no reply"
    if exchange.request.left_out_bytes is not UNSET:
        return "its body is not part of the recording"
    if throttled(exchange):
        return "the service limited the rate of requests"
    return "a gateway answered" if by_gateway(exchange) else None


def reasons_of_failures(exchanges: Sequence[RecordedExchange]) -> Iterator[tuple[int, str]]:
    """Yield each generation that failed by itself, and the calls that met its lock: no service fails so when asked."""
    failures = [each for each in exchanges if _may_have_failed(each)]
    for each in failures:
        yield each.number, "the generation failed in the recording"
    for exchange in exchanges:
        if status_of(exchange) == LOCKED and _met_lock(exchange, failures) and not any(holding(exchange, exchanges)):
            yield exchange.number, "it met the lock of a generation that failed in the recording"


def _may_have_failed(exchange: RecordedExchange) -> bool:
    return without_images(exchange) and kind_of_request(exchange.request) is not Kind.INVALID


def _met_lock(exchange: RecordedExchange, failures: Sequence[RecordedExchange]) -> bool:
    # As long as the recorder waits for a lock, which may live on after the failure.
    return any(each.sent <= exchange.received and exchange.sent <= each.received + LOCK_SECONDS for each in failures)

"""Whether a reply contradicts the document, or a documented rule that one exchange or two of them show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from contract_tests.comparison.facts import (
    LOCKED,
    UNAUTHENTICATED,
    WITHOUT_TOKEN,
    arrival_seconds,
    entries_of,
    is_generation,
    served,
    status_of,
)
from contract_tests.comparison.observed import reply_of
from contract_tests.comparison.pointer import pointer
from contract_tests.comparison.requests import images_of, parameters
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.contract import load_contract
from contract_tests.oracle.engines import engine_of, modifiers_of
from contract_tests.oracle.facts import LOCK_SECONDS, RECENT_IMAGES, counted
from contract_tests.oracle.images import contradiction, documented, shared_addresses
from contract_tests.oracle.resources import load_rules
from contract_tests.recordings.model import Picture, RecordedExchange

# Near the end of its life, a lock may be gone a moment earlier.
_LAST_SECONDS = 1.0


@dataclass(frozen=True)
class Contradiction:
    """A reply against a documented rule. expected, received: the same words for each reply with this cause."""

    rule: str
    where: str
    expected: str
    received: str


def contradictions(exchange: RecordedExchange, others: Sequence[RecordedExchange]) -> list[Contradiction]:
    """Return how a reply contradicts the documentation, given all exchanges of its side."""
    if exchange.response is None:
        return []
    found = [
        *_by_document(exchange),
        *_by_token(exchange, others),
        *_by_images(exchange),
        *_by_others(exchange, others),
    ]
    return [each for each in found if load_rules()[each.rule].documented]


def _by_document(exchange: RecordedExchange) -> Iterator[Contradiction]:
    operation, response = exchange.operation, exchange.response
    if response is None or operation not in load_contract().operations:
        return
    authorized = exchange.role not in WITHOUT_TOKEN
    reply = reply_of(exchange.request, response)
    try:
        for found in load_contract().deviations(operation, reply, authorized=authorized):
            yield Contradiction(found.rule, pointer("response"), found.expected, _general(found.received))
    except InconclusiveError:  # a gateway's reply, or a rate limit
        return
    if operation == "getRecentImages" and len(entries_of(exchange)) > RECENT_IMAGES:
        yield Contradiction("RECENT-10", pointer("response", "json"), f"at most {RECENT_IMAGES} images", "more")


def _general(received: str) -> str:
    """Return what was received without its example, which is another one in each reply."""
    return received.partition("for example ")[0].strip(" ,") or "another body"


def _by_token(exchange: RecordedExchange, others: Sequence[RecordedExchange]) -> Iterator[Contradiction]:
    known = load_contract().operations.get(exchange.operation or "")
    without = exchange.role in WITHOUT_TOKEN or exchange.request.authorization is None
    where = pointer("response", "status")
    if known and known.secured and without and 200 <= status_of(exchange) < 300:
        yield Contradiction("AUTH", where, "a call without a valid token is refused", "served")
    if not without and status_of(exchange) == UNAUTHENTICATED and any(_serves(each, exchange) for each in others):
        yield Contradiction("AUTH", where, "a call with a valid token is served", str(UNAUTHENTICATED))


def _serves(other: RecordedExchange, exchange: RecordedExchange) -> bool:
    """Return whether the same token was accepted later, so that it was valid all the time."""
    same = other.request.authorization == exchange.request.authorization and other.role == exchange.role
    return same and other.sent > exchange.sent and other.operation is not None and 200 <= status_of(other) < 300


def _by_images(exchange: RecordedExchange) -> Iterator[Contradiction]:
    if exchange.operation == "picture":
        if (
            not 300 <= status_of(exchange) < 400
            and not _shows_picture(exchange)
            and status_of(exchange) not in {401, 403}
        ):
            yield Contradiction(
                "IMG-GET", pointer("response"), "a picture at output", f"{status_of(exchange)}, no picture"
            )
        return
    if not served(exchange):
        return
    wanted, entries = images_of(exchange.request), entries_of(exchange)
    ids = {str(entry.get("id")) for entry in entries}
    if len(entries) != wanted or len(ids) != wanted:
        received = "another number" if len(entries) != wanted else "ids that are the same"
        yield Contradiction("IMG-COUNT", pointer("response", "json", "images"), counted(wanted, "image"), received)
    if not any("status" in entry for entry in entries) and shared_addresses(entries):  # queued ones share a placeholder
        where = pointer("response", "json", "images")
        yield Contradiction("IMG-GET", where, "an address of its own for each image", "one address for several")
    yield from _by_prompt(exchange, entries)


def _by_prompt(exchange: RecordedExchange, entries: Sequence[dict[str, Any]]) -> Iterator[Contradiction]:
    fields = parameters(exchange.request)
    engine = engine_of(fields)
    prompt = fields.get(engine.prompt) if engine else None
    if not isinstance(prompt, str):
        return
    modified = modifiers_of(fields)
    for index, entry in enumerate(entries):
        shown = entry.get("input")
        same = isinstance(shown, str) and shown.strip() == prompt.strip()
        if not same and not (modified and isinstance(shown, str) and shown.startswith(prompt.strip())):
            where = pointer("response", "json", "images", index, "input")
            yield Contradiction("IMG-INPUT", where, "the prompt as input", "another value")


def _continues(status: int) -> bool:
    """Return whether a browser continues after a reply, at another address or with the token."""
    return 300 <= status < 400 or status in {401, 403}


def _shows_picture(exchange: RecordedExchange) -> bool:
    response = exchange.response
    if response is None or response.status != 200:
        return False
    return isinstance(response.picture, Picture) or "<svg" in str(response.text)


def _by_others(exchange: RecordedExchange, others: Sequence[RecordedExchange]) -> Iterator[Contradiction]:
    if exchange.operation == "getRecentImages" and status_of(exchange) == 200:
        yield from _by_made(exchange, others)
    busy = exchange.operation == "checkAvailability" and status_of(exchange) == 200
    arrival = arrival_seconds(others) if busy or served(exchange) else 0
    if arrival and any(_runs_throughout(other, exchange, arrival) for other in others):
        rule = "LOCK-CHECK" if busy else "LOCK-ONE"
        yield Contradiction(rule, pointer("response", "status"), f"{LOCKED} while a generation runs", "200")
    if is_generation(exchange) and served(exchange) and _lacks_source(exchange):
        yield Contradiction("I2I-SRC", pointer("response", "status"), "a refusal without image_src", "200")


def _lacks_source(exchange: RecordedExchange) -> bool:
    fields = parameters(exchange.request)
    engine = engine_of(fields)
    source = engine.role("source") if engine and engine.needs_source else None
    return source is not None and not fields.get(source)


def _runs_throughout(other: RecordedExchange, exchange: RecordedExchange, arrival: float) -> bool:
    """Return whether a generation of the same account ran from before the request arrived until after its reply."""
    return (
        other.number != exchange.number
        and other.role == exchange.role
        and served(other)
        and not any(entry.get("status") == "IN_QUEUE" for entry in entries_of(other))
        and other.sent + arrival < exchange.sent
        and exchange.received < other.received
        and exchange.received < other.sent + LOCK_SECONDS - _LAST_SECONDS
    )


def _by_made(exchange: RecordedExchange, others: Sequence[RecordedExchange]) -> Iterator[Contradiction]:
    listed = {str(entry.get("id")): (index, entry) for index, entry in enumerate(entries_of(exchange))}
    for other in others:
        if not served(other) or other.received > exchange.sent:
            continue
        for entry in entries_of(other):
            at = listed.get(str(entry.get("id")))
            if at is None:
                continue
            if other.role != exchange.role:
                yield Contradiction(
                    "RECENT-OWN", pointer("response", "json", at[0]), "only own images", "another account's"
                )
            elif "status" not in entry and (wrong := contradiction(documented(entry), documented(at[1]))):
                yield Contradiction(
                    "RECENT-SAME", pointer("response", "json", at[0]), "the image as it was made", wrong
                )

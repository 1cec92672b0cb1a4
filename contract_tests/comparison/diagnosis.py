"""The diagnosis of each difference: exactly one cause, in the order in which causes explain each other."""

from collections.abc import Iterator, Sequence

from contract_tests.comparison.causes import (
    consequence,
    crowded,
    failed_generation,
    missed_moment,
    no_answer,
    other_upload,
    refused_roles,
)
from contract_tests.comparison.context import Context
from contract_tests.comparison.difference import Difference
from contract_tests.comparison.documented import contradictions
from contract_tests.comparison.facts import status_of
from contract_tests.comparison.finding import Cause, Finding
from contract_tests.comparison.leaving_out import is_prepared
from contract_tests.comparison.mock_diagnosis import diagnose_mock
from contract_tests.comparison.outcome import Outcome
from contract_tests.comparison.service_diagnosis import diagnose_service
from contract_tests.recordings.model import UNANSWERED, RecordedExchange, Recording

_FIRST = (no_answer, other_upload, failed_generation, missed_moment, crowded)


def diagnose(outcome: Outcome) -> list[Finding]:
    """Return the findings of a reissue, in the order of the exchanges."""
    unusable = list(_unusable_roles(outcome))
    roles = {role for role, _ in unusable}
    found = [finding for _, finding in unusable]
    found += _without_reply(outcome)
    found += _differences(outcome, roles)
    if outcome.drifts:
        found += _documented(outcome, roles)
    return sorted(found, key=lambda finding: (finding.exchange, finding.where, finding.rule))


def _unusable_roles(outcome: Outcome) -> Iterator[tuple[str, Finding]]:
    """Yield each account whose token was refused in every call, then or now, with one finding for all of them."""
    recorded = set(refused_roles([each for each in outcome.recording.exchanges if not is_prepared(each)]))
    reissued = set(refused_roles([pair.reissued for pair in outcome.pairs]))
    for role in sorted(recorded | reissued):
        first = next((pair for pair in outcome.pairs if pair.recorded.role == role), None)
        exchange = first.recorded if first else next(each for each in outcome.recording.exchanges if each.role == role)
        when = "in the recording" if role in recorded else "any more"
        cause = Cause("recording_unusable", "AUTH", why=f"the token of the account {role} is not valid {when}")
        received = status_of(first.reissued) if first and role not in recorded else 401
        yield role, _finding(outcome, cause, exchange, "/response/status", "a valid token", received)


def _without_reply(outcome: Outcome) -> Iterator[Finding]:
    for exchange in outcome.recording.exchanges:
        silent = exchange.response is None and not (is_prepared(exchange) or _at_the_end(exchange, outcome.recording))
        if silent and not _was_repeated(exchange, outcome.recording.exchanges):
            cause = Cause("recording_unusable", "SHAPE", why=f"it got no reply in the recording: {exchange.error}")
            yield _finding(outcome, cause, exchange, "/response", "a reply", None)


def _at_the_end(exchange: RecordedExchange, recording: Recording) -> bool:
    """Return whether a call got no reply because the recording ended, or because the service was gone until its end."""
    answered = max((each.number for each in recording.exchanges if each.response), default=0)
    gone = recording.manifest.stopped is not None and exchange.number > answered
    return gone or exchange.error == UNANSWERED


def _was_repeated(exchange: RecordedExchange, others: Sequence[RecordedExchange]) -> bool:
    """Return whether a GET on a connection that broke was sent again at once, and answered."""
    again = next((each for each in others if each.number > exchange.number and each.role == exchange.role), None)
    if exchange.request.method != "GET" or again is None or again.response is None:
        return False
    return (again.request.method, again.request.target) == ("GET", exchange.request.target)


def _differences(outcome: Outcome, unusable: set[str]) -> Iterator[Finding]:
    pairs = {pair.recorded.number: pair for pair in outcome.pairs}
    contexts = [Context(outcome, pairs[each.exchange], each) for each in outcome.differences()]
    contexts = [context for context in contexts if context.recorded.role not in unusable]
    causes: dict[int, Cause] = {}
    # First the generations that were served on one side only, since they explain other differences.
    for context in sorted(contexts, key=_explains_first):
        cause = _cause(context, causes)
        if _explains(context):
            causes[context.recorded.number] = cause
        yield _found(outcome, cause, context.recorded, context.difference)


def _explains(context: Context) -> bool:
    return context.difference.kind in {"status", "silence"} and context.was_served != context.is_served


def _explains_first(context: Context) -> tuple[bool, float]:
    return not _explains(context), context.recorded.sent


def _cause(context: Context, causes: dict[int, Cause]) -> Cause:
    for first in _FIRST:
        if cause := first(context):
            return cause
    if cause := consequence(context, causes):
        return cause
    return (diagnose_service if context.outcome.drifts else diagnose_mock)(context)


def _documented(outcome: Outcome, unusable: set[str]) -> Iterator[Finding]:
    """Yield each contradiction to the documentation that the recording and its reissue share, once for an operation."""
    before, after = [pair.recorded for pair in outcome.pairs], [pair.reissued for pair in outcome.pairs]
    seen = set()
    for pair in sorted(outcome.pairs, key=lambda pair: pair.recorded.number):
        if pair.recorded.role in unusable:
            continue
        again = {(each.rule, each.expected) for each in contradictions(pair.reissued, after)}
        for each in contradictions(pair.recorded, before):
            key = (each.rule, each.expected, each.received, pair.recorded.operation)
            if (each.rule, each.expected) in again and key not in seen:
                seen.add(key)
                cause = Cause("document_wrong", each.rule, why="the service answers so in recording and reissue alike")
                yield _finding(outcome, cause, pair.recorded, each.where, each.expected, each.received)


def _found(outcome: Outcome, cause: Cause, exchange: RecordedExchange, difference: Difference) -> Finding:
    return _finding(outcome, cause, exchange, difference.where, difference.expected, difference.received)


def _finding(
    outcome: Outcome, cause: Cause, exchange: RecordedExchange, where: str, expected: object, received: object
) -> Finding:
    reissued = outcome.played.reissued.get(exchange.number)
    curl = reissued.evidence.curl if reissued and reissued.evidence else ""
    call = f"{exchange.request.method} {exchange.operation or exchange.request.target}"
    return Finding(cause, exchange.number, call, where, expected, received, curl)

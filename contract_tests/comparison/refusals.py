"""Settings of the mock that explain another refusal: its status, its body, or that there is one at all."""

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.comparison.context import Context
from contract_tests.comparison.facts import WITHOUT_TOKEN, body_of, is_generation, over_limit, served
from contract_tests.comparison.finding import Setting
from contract_tests.comparison.observed import lower_names, media_type
from contract_tests.comparison.requests import kind_of_request, parameters
from contract_tests.oracle.contract import is_envelope
from contract_tests.oracle.engines import engine_field, engine_of
from contract_tests.recordings.model import RecordedExchange

_UNAUTHENTICATED = frozenset({401, 403})
_INVALID = frozenset({400, 422})
_REFUSED = frozenset({200, 400, 415, 422})
_LIMITED = frozenset({200, 400, 403, 422})
_REDIRECTS = range(300, 400)
_URLENCODED = "application/x-www-form-urlencoded"
_ASCII_SPACE = " \t\n\r\v\f\0"


def unauthenticated_status(context: Context) -> Iterator[Setting]:
    if context.recorded.role in WITHOUT_TOKEN and set(context.statuses) == _UNAUTHENTICATED:
        yield Setting("unauthenticated_status", context.statuses[0])


def unauthenticated_body(context: Context) -> Iterator[Setting]:
    forms = _form(context.recorded), _form(context.reissued)
    # Another one is explained by `without_accept`.
    accepts_json = "/json" in lower_names(context.recorded.request.headers).get("accept", "")
    if context.recorded.role in WITHOUT_TOKEN and accepts_json and forms[0] != forms[1]:
        yield Setting("unauthenticated_body", forms[0])


def unknown_path_body(context: Context) -> Iterator[Setting]:
    forms = _form(context.recorded), _form(context.reissued)
    if context.recorded.operation is None and context.statuses == (404, 404) and forms[0] != forms[1]:
        yield Setting("unknown_path_body", forms[0])


def limit_status(context: Context) -> Iterator[Setting]:
    """Yield the status of a refusal of what the document allows."""
    before, after = context.statuses
    refused = is_generation(context.recorded) and not context.was_served and not context.is_served
    if refused and not _is_invalid(context) and before != after and {before, after} <= _LIMITED:
        yield Setting("limit_status", before)


def urlencoded(context: Context) -> Iterator[Setting]:
    if _is_answered_otherwise(context) and media_type(lower_names(context.recorded.request.headers)) == _URLENCODED:
        yield Setting("urlencoded", "accepted" if context.was_served else "refused")


def text_trimming(context: Context) -> Iterator[Setting]:
    """Yield what must be trimmed so that the prompt is blank where it was refused, and only there."""
    engine = engine_of(context.fields)
    prompt = context.fields.get(engine.prompt) if engine else None
    if not _is_answered_otherwise(context) or not isinstance(prompt, str) or not _is_blank(prompt):
        return
    blank_in_ascii = not prompt.strip(_ASCII_SPACE)
    if context.was_served:
        yield Setting("text_trimming", "none" if blank_in_ascii else "ascii")
    else:
        yield Setting("text_trimming", "ascii" if blank_in_ascii else "unicode")


def absent_engines(context: Context) -> Iterator[Setting]:
    """Yield the engines without those of which every request was refused, or with one that was served."""
    engine = context.fields.get(engine_field())
    if not _is_answered_otherwise(context) or _is_invalid(context) or not isinstance(engine, str):
        return
    absent = [str(each) for each in context.behaviour.get("absent_engines") or ()]
    if context.was_served and engine in absent:
        yield Setting("absent_engines", [each for each in absent if each != engine])
    elif context.is_served and _only_this_one_is_refused(context, engine):
        yield Setting("absent_engines", sorted({*absent, engine}))


REFUSALS = (unauthenticated_status, limit_status, urlencoded, text_trimming, absent_engines)


def invalid_body(context: Context) -> Iterator[Setting]:
    before, after = (_flat(body_of(each)) for each in (context.recorded, context.reissued))
    if (
        context.statuses[0] not in _INVALID
        or before is None
        or after is None
        or context.steps[:2] != ("json", "errors")
    ):
        return
    ours, theirs = (errors if isinstance(errors := body.get("errors"), Mapping) else {} for body in (after, before))
    if not _is_invalid(context):
        yield Setting("limit_body", "errors" if theirs else "message")
    elif not theirs:
        yield Setting("invalid_body", "message")
    elif len(theirs) != len(ours):
        yield Setting("invalid_body", "errors" if len(theirs) > 1 else "first-error" if len(ours) > 1 else "errors")


def daily_limit_body(context: Context) -> Iterator[Setting]:
    body = _flat(body_of(context.recorded))
    if (
        over_limit(context.recorded)
        and over_limit(context.reissued)
        and body is not None
        and context.steps[:1] == ("json",)
    ):
        yield Setting("daily_limit_body", "errors" if isinstance(body.get("errors"), list) else "message")


BODIES_OF_REFUSALS = (unauthenticated_body, unknown_path_body, invalid_body, daily_limit_body)


def _is_invalid(context: Context) -> bool:
    return kind_of_request(context.recorded.request).wrong


def _form(exchange: RecordedExchange) -> str:
    """Return the form of a refusal: a redirect, a page or JSON."""
    response = exchange.response
    if response is None or response.status in _REDIRECTS:
        return "redirect"
    return "page" if media_type(lower_names(response.headers)) == "text/html" else "json"


def _is_answered_otherwise(context: Context) -> bool:
    """Return whether a generation was served on one side, and refused for its parameters on the other."""
    refused = context.statuses[1] if context.was_served else context.statuses[0]
    return is_generation(context.recorded) and context.was_served != context.is_served and refused in _REFUSED


def _only_this_one_is_refused(context: Context, engine: str) -> bool:
    others = {
        parameters(each.request).get(engine_field())
        for each in context.outcome.recording.exchanges
        if is_generation(each) and served(each)
    }
    return bool(others) and engine not in others


def _is_blank(text: str) -> bool:
    # Every white space of Unicode, and the characters without a shape that newer versions trim [VALID-TRIM].
    return not text.strip().strip("\u200b\u200c\u200d\u2060\ufeff\u00ad\u3164\u2800\0 \t\r\n\v\f")


def _flat(body: Any) -> Mapping[str, Any] | None:
    return body if isinstance(body, Mapping) and not is_envelope(body) else None

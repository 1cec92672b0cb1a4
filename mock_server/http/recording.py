"""The journal entry of a request: without secrets, and with long texts cut, which the entry says."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from mock_server.contract import Finding
from mock_server.domain.entry import Entry, Problem
from mock_server.faults.transmission import Transmission, no_reply

from .context import RequestContext, RequestHeaders, SentFile
from .replies import Reply

_MAX_BODY_CHARACTERS = 8_000
_MAX_NAME_CHARACTERS = 500
_MAX_FIELDS = 50
_MAX_ITEMS = 50
# MessagePack has no larger integers.
_MAX_INTEGER = 2**63 - 1
_NO_REPLY = Reply(0, None)
_EMPTY: Mapping[str, Any] = {}
_UNSENT = no_reply()


def journal_entry(context: RequestContext, transmission: Transmission, connected: bool) -> Entry:
    """Return the journal entry, with secrets masked and texts cut. connected: whether the client still is."""
    scope, headers, reply = context.scope, context.headers, context.reply or _NO_REPLY
    refusal, text = reply.refusal, headers.journal_text
    at = context.received if context.at is None else context.at
    last = context.seen.now if context.seen else at
    body = "" if context.picture else headers.without_token(transmission.body.decode(errors="replace"))
    cut: dict[str, int] = {"reply": len(body)} if len(body) > _MAX_BODY_CHARACTERS else {}
    fields = _fields(context.sent_fields, headers, cut) if context.sent_fields else _EMPTY
    return Entry(  # by position, which takes a tenth of the time
        context.id,
        context.caller.world if context.caller else "",
        headers.masked_token,
        at,
        last if reply.ended is None else reply.ended,
        context.operation,
        context.method,
        text(scope["path"]),
        text(scope["query_string"].decode("latin-1")) if scope["query_string"] else "",
        headers.journal_headers,
        fields,
        transmission.status,
        connected and transmission.ending == "complete",
        body[:_MAX_BODY_CHARACTERS],
        reply.rule,
        refusal.state if refusal else _EMPTY,
        refusal.ends_at if refusal else None,
        _problems(reply.findings, headers) if reply.findings else (),
        reply.made,
        context.picture,
        b"authorization" in headers.values,
        tuple([fault.name for fault, _ in context.faults]) if context.faults else (),
        context.received,
        reply.code,
        context.sender,
        cut,
    )


def unfinished_entry(context: RequestContext) -> Entry:
    """Return the entry that a request in progress would have if it ended now without a reply."""
    return journal_entry(context, _UNSENT, connected=True)


def _fields(sent: Mapping[str, Any], headers: RequestHeaders, cut: dict[str, int]) -> Mapping[str, Any]:
    """Return the fields; note in `cut` those that are shortened. Of too many, the first are kept."""
    kept: dict[str, Any] = {}
    # One search in all texts: a token is hardly ever in a body.
    if headers.has_token("\n".join([*sent, *[each for each in sent.values() if isinstance(each, str)]])):
        mask = headers.without_token
        sent = {mask(name): mask(value) if isinstance(value, str) else value for name, value in sent.items()}
    for name, value in islice(sent.items(), _MAX_FIELDS):
        shown = name[:_MAX_NAME_CHARACTERS]
        if isinstance(value, str):
            kept[shown] = value[:_MAX_BODY_CHARACTERS]
            whole = len(value) <= _MAX_BODY_CHARACTERS
        else:
            kept[shown], whole = _value(value, headers)
        if not whole or len(name) > _MAX_NAME_CHARACTERS:
            cut[f"fields/{shown}"] = len(value) if isinstance(value, str | list | dict) else 0
    if len(sent) > _MAX_FIELDS:
        cut["fields"] = len(sent)
    return kept


def _value(value: Any, headers: RequestHeaders) -> tuple[Any, bool]:
    """Return a value other than text as the journal keeps it, and whether that is all of it."""
    if isinstance(value, int):
        shown = max(-_MAX_INTEGER, min(value, _MAX_INTEGER))
        return shown, shown == value
    if isinstance(value, SentFile):
        return {"file": value.size}, True
    if value is None or isinstance(value, float):
        return value, True
    if isinstance(value, list) and _is_short(value):
        return [headers.without_token(each) if isinstance(each, str) else each for each in value], True
    return f"({type(value).__name__})", False


def _is_short(items: Sequence[Any]) -> bool:
    """Return whether a list holds few and plain items."""
    plain = all(isinstance(each, str | float | bool | None) or _is_small(each) for each in items)
    return len(items) <= _MAX_ITEMS and plain and sum(len(str(each)) for each in items) <= _MAX_BODY_CHARACTERS


def _is_small(value: Any) -> bool:
    return isinstance(value, int) and abs(value) <= _MAX_INTEGER


def _problems(findings: Sequence[Finding], headers: RequestHeaders) -> tuple[Problem, ...]:
    text = headers.journal_text
    return tuple([Problem(each.field, each.code, text(each.message)) for each in findings])

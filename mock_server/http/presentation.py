"""Presentation: the form of a reply, where the documentation leaves it open."""

import html
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from msgspec.structs import replace

from mock_server.domain.behaviour import Behaviour
from mock_server.domain.clock import SECOND, Instant, to_iso
from mock_server.domain.rates import Rate
from mock_server.domain.world import Image
from mock_server.faults.transmission import Transmission, empty, whole

from .context import RequestContext
from .replies import INVALID_CODES, Reply, to_transmission

Presenter = Callable[[RequestContext, Reply], Transmission]

_LOGIN = "/login"
# The vendor's documentation has those of 401, 403, 404, 422 and 429; the others are ours. [ERROR-BODY]
_CODE_OF_STATUS = {
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    413: "PAYLOAD_TOO_LARGE",
    419: "INSUFFICIENT_CREDITS",
    422: "VALIDATION_ERROR",
    429: "RATE_LIMITED",
    400: "BAD_REQUEST",
}
# The refusal whose body the API's own page shows.
_DOCUMENTED = "busy"
_NO_ROUTE, _JSON = "no-route", "json"
_OK = 200  # not HTTPStatus.OK: its lookup and comparison are slow, and every reply needs them
# The status and the form that a refusal of invalid parameters is made with.
_COMPLETE = (422, "errors")
_CODE_OF_REFUSAL = {"daily-limit": "DAILY_LIMIT_EXCEEDED"}
_PAGE = '<!DOCTYPE html>\n<html lang="en"><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n'
# The statuses that the framework of the product family answers with a page. [NO-ACCEPT]
_WITH_PAGE = frozenset({404, 405, 422})


def make_presenter(behaviour: Behaviour) -> Presenter:
    """Return the function that gives a reply its form, as bytes on the wire.

    [AUTH-401, VALID-422, LOCK-409-BODY, DAILY-429, ERROR-BODY, NO-ACCEPT, RATE-HEADERS]
    """
    pages = behaviour.without_accept == "redirect"
    always = {"unauthenticated": behaviour.unauthenticated_body, _NO_ROUTE: behaviour.unknown_path_body}
    wrapped = _WRAPPINGS[behaviour.error_body]

    def present(context: RequestContext, reply: Reply) -> Transmission:
        transmission = form(context, reply)
        rate, headers = context.rate, behaviour.rate_limit_headers
        if rate is None or headers == "never" or (headers == "refusal" and reply.code != "rate-limit"):
            return transmission
        return _with_rate(transmission, rate, context.seen.now if context.seen else context.received)

    def form(context: RequestContext, reply: Reply) -> Transmission:
        # Not the mock's own errors, which no service gives.
        if reply.code is None or reply.code == _DOCUMENTED:
            return to_transmission(reply)
        reply = _FORMS[reply.code](reply, behaviour) if reply.code in _FORMS else reply
        if reply.status == _OK:
            return to_transmission(reply)
        kind = always.get(reply.code or "", _JSON)
        if kind != _JSON:
            return _redirect(context) if kind == "redirect" else _page(reply)
        page = _for_browsers(context, reply) if pages and not accepts_json(context.headers.get(b"accept")) else None
        return page or to_transmission(wrapped(reply))

    return form if behaviour.rate_limit == "none" else present


def accepts_json(accept: str) -> bool:
    """Return whether a header Accept names JSON. [NO-ACCEPT]"""
    # As Laravel does: a wildcard does not count, and only the first type decides.
    first = accept.partition(",")[0].lower()
    return "/json" in first or "+json" in first


def generated(images: Sequence[Image], behaviour: Behaviour, now: Instant) -> dict[str, Any]:
    """Return the body of the reply to a generation."""
    entries = _entries(images, now)
    if behaviour.further_fields == "family":
        entries = [{**entry, "img_id": each.id, **_row(each)} for entry, each in zip(entries, images, strict=True)]
    return {"status": "success", "images": entries, "image_storage": behaviour.image_storage}


def listed(images: Sequence[Image], behaviour: Behaviour, now: Instant) -> list[dict[str, Any]]:
    """Return the body of the recent images."""
    entries = _entries(images, now)
    for entry, image in zip(entries, images, strict=True):
        entry["created_at"] = to_iso(image.created_at, behaviour.created_at)
    if behaviour.further_fields == "family":
        return [
            {**entry, **_row(each), "updated_at": entry["created_at"]}
            for entry, each in zip(entries, images, strict=True)
        ]
    return entries


def _entries(images: Sequence[Image], now: Instant) -> list[dict[str, Any]]:
    """Return the entry of each image; a queued one has a status, and a placeholder until it is ready. [QUEUED]"""
    entries: list[dict[str, Any]] = [
        {"id": each.id, "title": each.title, "input": each.prompt, "output": each.output} for each in images
    ]
    for entry, image in zip(entries, images, strict=True):
        if image.queued:
            entry.update(_progress(image, now))
    return entries


def _progress(image: Image, now: Instant) -> dict[str, Any]:
    if image.ready <= now:
        return {"status": "COMPLETED"}
    return {"output": image.placeholder, "status": "IN_QUEUE"}


def _row(image: Image) -> dict[str, Any]:
    """Return further columns of the database row that the product family returns."""
    name, _, digits = image.title.removesuffix(".png").rpartition("-")
    return {"slug": name, "hash": digits, "credits": image.credits, "response": image.engine}


def _with_rate(transmission: Transmission, rate: Rate, now: Instant) -> Transmission:
    """Return the reply with what is left of the rate limit. [RATE-HEADERS]"""
    headers = {
        "x-ratelimit-limit": str(rate.limit),
        "x-ratelimit-remaining": str(rate.remaining),
        "x-ratelimit-reset": str(-(-rate.resets_at // SECOND)),
    }
    if rate.refusal:
        headers["retry-after"] = str(-((now - rate.resets_at) // SECOND))
    return replace(transmission, headers={**transmission.headers, **headers})


def _unauthenticated(reply: Reply, behaviour: Behaviour) -> Reply:
    status = behaviour.unauthenticated_status
    return reply if status == reply.status else replace(reply, status=status)


def _invalid(reply: Reply, behaviour: Behaviour) -> Reply:
    """Return the reply to invalid parameters; a 200 says in its body that the request failed."""
    status, form = behaviour.invalid_status, behaviour.invalid_body
    if all(each.limit for each in reply.findings):
        status, form = behaviour.limit_status, behaviour.limit_body
    if (status, form) == _COMPLETE:
        return reply
    body = dict(reply.body)
    if status == _OK:
        body = {"status": "error", "message": body["message"]}
    elif form == "message" or status == HTTPStatus.FORBIDDEN:
        del body["errors"]
    elif form == "first-error":
        field, (message, *_) = next(iter(body["errors"].items()))
        body["errors"] = {field: [message]}
    return replace(reply, status=status, body=body)


def _locked(reply: Reply, behaviour: Behaviour) -> Reply:
    without_status = behaviour.locked_status_field == "absent"
    as_error = behaviour.locked_message_field == "error" and behaviour.error_body != "envelope"
    if not (without_status or as_error):
        return reply
    body = dict(reply.body)
    if without_status:
        body.pop("status", None)
    if as_error:
        body["error"] = body.pop("message")
    return replace(reply, body=body)


def _over_limit(reply: Reply, behaviour: Behaviour) -> Reply:
    if behaviour.daily_limit_body == "message" or behaviour.error_body == "envelope":
        return reply
    return replace(reply, body={"errors": [reply.body["message"]]})


# By code, the refusals whose status or body a setting changes.
_FORMS: Mapping[str, Callable[[Reply, Behaviour], Reply]] = {
    "unauthenticated": _unauthenticated,
    **dict.fromkeys(INVALID_CODES, _invalid),
    "locked": _locked,
    "daily-limit": _over_limit,
}


def _in_envelope(reply: Reply) -> Reply:
    code = _CODE_OF_REFUSAL.get(reply.code or "") or _CODE_OF_STATUS[reply.status]
    details = reply.body.get("errors", {})
    # A list of errors stands in place of a message [DAILY-429], and so may an error [LOCK-409-BODY].
    first, details = (details[0], {}) if isinstance(details, list) else (reply.body.get("error"), details)
    error = {"code": code, "message": reply.body.get("message", first), "details": details}
    return replace(reply, body={"success": False, "error": error})


def _in_both(reply: Reply) -> Reply:
    return replace(reply, body={**_in_envelope(reply).body, **reply.body})


# By the setting error_body: one form, the other, or the keys of both.
_WRAPPINGS: Mapping[str, Callable[[Reply], Reply]] = {
    "flat": lambda reply: reply,
    "envelope": _in_envelope,
    "both": _in_both,
}


def _for_browsers(context: RequestContext, reply: Reply) -> Transmission | None:
    """Return what a client gets that does not accept JSON: a redirect or a page; None for the usual reply."""
    if reply.code == "unauthenticated":
        return _redirect(context)
    return _page(reply) if reply.status in _WITH_PAGE else None


def _redirect(context: RequestContext) -> Transmission:
    return empty(302, {"location": f"{context.origin}{_LOGIN}"})


def _page(reply: Reply) -> Transmission:
    page = _PAGE.format(title=html.escape(HTTPStatus(reply.status).phrase))
    return whole(reply.status, page.encode(), "text/html; charset=utf-8", reply.headers)

"""Replies, the catalogue of errors, and the one place that turns a reply into bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.responses import Response

from mock_server.contract import Finding
from mock_server.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to a client. rule: id of the rule that refused the request, for the log; never sent."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    rule: str | None = None


class RefusedError(Exception):
    """Some phase has found that the request is refused, and how."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class _Entry:
    status: int
    message: str
    rule: str | None
    has_status: bool = False


_BUSY = "Image generation in progress. Please try again later."
_CATALOGUE = {
    "unauthenticated": _Entry(401, "Unauthenticated.", "AUTH-401"),
    "no-route": _Entry(404, "The route {path} could not be found.", "NOT-FOUND"),
    "no-picture": _Entry(404, "There is no picture {path}.", "NOT-FOUND"),
    "wrong-method": _Entry(
        405, "The {method} method is not supported for route {path}. Supported methods: {allow}.", "NOT-FOUND"
    ),
    "busy": _Entry(409, _BUSY, "LOCK-CHECK", has_status=True),
    "locked": _Entry(409, _BUSY, "LOCK-ONE", has_status=True),
    "too-large": _Entry(413, "The POST data is too large. At most {limit} bytes are taken.", None),
    "no-credits": _Entry(
        419, "You have no credits left. Please consider upgrading your plan.", "CREDIT-419", has_status=True
    ),
    "daily-limit": _Entry(
        429, "You have reached the maximum number of image generation allowed.", "DAILY-429", has_status=True
    ),
    "broken-reply": _Entry(500, "The mock made a reply that its own contract forbids: {complaint}.", None),
    "stopping": _Entry(503, "The mock is being stopped.", None),
    "internal": _Entry(500, "The mock failed. Its log says why.", None),
}


def error(code: str, headers: Mapping[str, str] | None = None, **details: object) -> Reply:
    """Return the reply that the catalogue has under `code`."""
    entry = _CATALOGUE[code]
    body: dict[str, Any] = {"status": "error"} if entry.has_status else {}
    body["message"] = entry.message.format(**details)
    return Reply(entry.status, body, headers or {}, entry.rule)


def refused(refusal: Refusal) -> Reply:
    """Return the reply to a request that a rule refused."""
    return error(refusal.code)


def invalid(findings: Sequence[Finding]) -> Reply:
    """Return the reply to invalid parameters: the first message, and all of them by field. [VALID-422]"""
    errors: dict[str, list[str]] = {}
    for finding in findings:
        errors.setdefault(finding.field, []).append(finding.message)
    return Reply(422, {"message": findings[0].message, "errors": errors}, rule="VALID-422")


def to_response(reply: Reply, headers: Mapping[str, str] | None = None) -> Response:
    """Return the reply as bytes on the wire."""
    return Response(
        msgspec.json.encode(reply.body),
        reply.status,
        {**reply.headers, **(headers or {})},
        media_type="application/json",
    )

"""Replies, the catalogue of errors, and the one place that turns a reply into bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import replace

from mock_server.contract import Finding
from mock_server.domain.behaviour import Behaviour
from mock_server.domain.clock import Instant
from mock_server.domain.refusals import Refusal
from mock_server.faults.transmission import Transmission, whole


class Reply(msgspec.Struct, frozen=True):
    """What goes back to a client, and, for the log and the journal, how it came about.

    rule: id of the rule that refused the request; refusal: what the rule looked at; findings: what was invalid;
    made: titles of the images that were made; ended: when it was ready, on the world's clock, None for when the request
    last looked there; ours: it is the mock's own, the contract knows nothing of it.
    """

    status: int
    body: Any
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    rule: str | None = None
    refusal: Refusal | None = None
    findings: Sequence[Finding] = ()
    made: tuple[str, ...] = ()
    ended: Instant | None = None
    ours: bool = False


class ClientGoneError(Exception):
    """The client hung up before its request was whole."""


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
    ours: bool = False


JSON = "application/json"
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
    "upstream": _Entry(200, "{message}", None, has_status=True, ours=True),
    "bad-fault": _Entry(400, "{complaint}", None, ours=True),
    "reset": _Entry(503, "The world was reset while this generation ran.", None, ours=True),
    "broken-reply": _Entry(500, "The mock made a reply that its own contract forbids: {complaint}.", None, ours=True),
    "stopping": _Entry(503, "The mock is being stopped.", None, ours=True),
    "unavailable": _Entry(
        503, "The state of the mock is not to be had: {reason}. Send the request again in a moment.", None, ours=True
    ),
    "internal": _Entry(500, "The mock failed. Its log says why.", None, ours=True),
    "no-http": _Entry(400, "The request is not valid HTTP/1.1.", None, ours=True),
    "too-slow": _Entry(408, "The request was not whole after {seconds:g} seconds. Send it faster.", None, ours=True),
    "long-head": _Entry(
        431, "The request line and headers are larger than {limit} bytes. Send fewer or shorter ones.", None, ours=True
    ),
    "many-headers": _Entry(431, "The request has more than {limit} headers. Send fewer.", None, ours=True),
    "crowded": _Entry(503, "The mock serves {limit} connections already. Close some.", None, ours=True),
}


def error(code: str, headers: Mapping[str, str] | None = None, **details: object) -> Reply:
    """Return the reply that the catalogue has under `code`."""
    entry = _CATALOGUE[code]
    body: dict[str, Any] = {"status": "error"} if entry.has_status else {}
    body["message"] = entry.message.format(**details)
    return Reply(entry.status, body, headers or {}, entry.rule, ours=entry.ours)


def refused(refusal: Refusal, behaviour: Behaviour) -> Reply:
    """Return the reply to a request that a rule refused. [LOCK-409-BODY]"""
    reply = replace(error(refusal.code), refusal=refusal)
    if refusal.code == "locked" and behaviour.locked_status_field == "absent":
        return replace(reply, body={name: value for name, value in reply.body.items() if name != "status"})
    return reply


def invalid(findings: Sequence[Finding]) -> Reply:
    """Return the reply to invalid parameters: the first message, and all of them by field. [VALID-422, I2I-SRC]"""
    errors: dict[str, list[str]] = {}
    for finding in findings:
        errors.setdefault(finding.field, []).append(finding.message)
    missing_source = any((finding.field, finding.code) == ("image_src", "required") for finding in findings)
    body = {"message": findings[0].message, "errors": errors}
    return Reply(422, body, rule="I2I-SRC" if missing_source else "VALID-422", findings=findings)


def to_transmission(reply: Reply) -> Transmission:
    """Return the reply as bytes on the wire."""
    return whole(reply.status, msgspec.json.encode(reply.body), JSON, reply.headers)

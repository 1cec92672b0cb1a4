"""Replies, the mock's own errors, and the one place that turns a reply into bytes."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from mock_server.contract import Finding
from mock_server.domain.clock import Instant
from mock_server.domain.refusals import REFUSALS, Refusal, RefusalKind
from mock_server.faults.transmission import Transmission, empty, whole


class Reply(msgspec.Struct, frozen=True):
    """One reply, with what the log and the journal need to know about it.

    body: None for none; code: key in the table of refusals, None if no rule refused the request; refusal: the state
    that the rule checked; findings: the invalid parameters; made: titles of the new images; ended: when it was ready,
    on the world's clock, None for when the request last read that clock; ours: the mock's own, not in the contract.
    """

    status: int
    body: Any
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    code: str | None = None
    refusal: Refusal | None = None
    findings: Sequence[Finding] = ()
    made: tuple[str, ...] = ()
    ended: Instant | None = None
    ours: bool = False

    @property
    def rule(self) -> str | None:
        """Id of the rule that refused the request."""
        return REFUSALS[self.code].rule if self.code else None


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete."""


class RefusedError(Exception):
    """A phase refuses the request, with this reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


JSON = "application/json"
# The codes of invalid parameters. [VALID-422, I2I-SRC]
INVALID_CODES = frozenset({"invalid", "missing-source"})
# Errors that are the mock's own: no service gives them, so they rest on no rule and are not in the document.
_OWN: Mapping[str, tuple[int, str]] = {
    "bad-fault": (400, "{complaint}"),
    "no-http": (400, "The request is not valid HTTP/1.1: {reason}."),
    "bad-host": (400, "The request has {problem}; it takes exactly one, such as Host: localhost:8010."),
    "no-coding": (501, "The request has Transfer-Encoding: {coding}. Send it in no coding but chunked."),
    "no-range": (416, "The picture has {length} bytes, and none of those that Range asks for."),
    "tls": (400, "The client speaks TLS, and the mock plain HTTP. Use http://, not https://."),
    "http2": (400, "The client speaks HTTP/2, and the mock HTTP/1.1. Configure the client so."),
    "proxy-line": (400, "The connection begins with the PROXY protocol. Turn it off in the balancer."),
    "no-tunnel": (400, "The client asks for a tunnel by CONNECT: the mock is not a proxy."),
    "socks": (400, "The client speaks SOCKS: the mock is not a proxy."),
    "encoded": (415, "The body has Content-Encoding: {encoding}, which no source names. Send it without."),
    "too-slow": (408, "The request was not complete after {seconds:g} seconds. Send it faster."),
    "long-head": (431, "The request line and headers are larger than {limit} bytes. Send fewer or shorter ones."),
    "many-headers": (431, "The request has more than {limit} headers. Send fewer."),
    "internal": (500, "The mock failed. Its log has the details."),
    "broken-reply": (500, "The mock made a reply that contradicts its own contract: {complaint}."),
    "crowded": (503, "The mock serves {limit} connections already. Close some."),
    "reset": (503, "The world was reset while this generation ran."),
    "stopping": (503, "The mock is stopping."),
    "unavailable": (503, "The mock cannot reach its state store: {reason}. Send the request again in a moment."),
}


def error(code: str, headers: Mapping[str, str] | None = None, **details: object) -> Reply:
    """Return the reply for a code of the table of refusals, or of the mock's own errors. details: of the message."""
    kind = REFUSALS.get(code)
    if kind is None:
        status, message = _OWN[code]
        return Reply(status, {"message": message.format(**details)}, headers or {}, ours=True)
    body = _error_body(kind, kind.message.format(**details)) if details else _BODIES[code]
    return Reply(kind.status, body, headers or {}, code)


def _error_body(kind: RefusalKind, message: str) -> Mapping[str, Any]:
    return {"status": "error", "message": message} if kind.has_status else {"message": message}


# Made once: the body of a refusal whose message has no details.
_BODIES = {code: _error_body(kind, kind.message) for code, kind in REFUSALS.items() if "{" not in kind.message}


def failed(message: str, ended: Instant) -> Reply:
    """Return the reply to a generation that failed: a 200 that says so. [STATUS-ERROR]"""
    return Reply(200, {"status": "error", "message": message}, ended=ended, ours=True)


def refused(refusal: Refusal) -> Reply:
    """Return the reply to a request that a rule refused."""
    return Reply(REFUSALS[refusal.code].status, _BODIES[refusal.code], code=refusal.code, refusal=refusal)


def invalid(findings: Sequence[Finding]) -> Reply:
    """Return the reply to invalid parameters: the first message, and all of them by field. [VALID-422, I2I-SRC]"""
    errors: dict[str, list[str]] = {}
    for finding in findings:
        errors.setdefault(finding.field, []).append(finding.message)
    named = {finding.rule for finding in findings if finding.rule}
    code = next((kind.code for kind in REFUSALS.values() if kind.rule in named), "invalid") if named else "invalid"
    body = {"message": findings[0].message, "errors": errors}
    return Reply(REFUSALS[code].status, body, code=code, findings=findings)


def to_transmission(reply: Reply) -> Transmission:
    """Return the reply as bytes on the wire."""
    if reply.body is None:
        return empty(reply.status, reply.headers)
    return whole(reply.status, msgspec.json.encode(reply.body), JSON, reply.headers)

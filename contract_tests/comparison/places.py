"""The rule that a difference is about, by its place."""

from collections.abc import Mapping

from contract_tests.comparison.difference import Difference, Pair
from contract_tests.comparison.facts import LOCKED, NO_CREDITS, OVER_LIMIT, UNAUTHENTICATED, status_of, throttled
from contract_tests.comparison.pointer import steps_of

_BY_STATUS: Mapping[int, str] = {
    UNAUTHENTICATED: "AUTH-401",
    LOCKED: "LOCK-ONE",
    NO_CREDITS: "CREDIT-419",
    OVER_LIMIT: "DAILY-429",
    400: "VALID-422",
    403: "FORBIDDEN",
    404: "NOT-FOUND",
    405: "NOT-FOUND",
    422: "VALID-422",
}
_BY_HEADER = {"allow": "NOT-FOUND", "access-control-allow-origin": "CORS", "location": "NOT-FOUND"}
_BY_FIELD = {
    "output": "IMG-STORAGE",
    "image_storage": "IMG-STORAGE",
    "input": "IMG-INPUT",
    "success": "ERROR-BODY",
    "error": "ERROR-BODY",
    "images": "IMG-COUNT",
}


def rule_of(difference: Difference, pair: Pair) -> str:
    """Return the rule that governs the place of a difference, SHAPE for any other place."""
    steps = steps_of(difference.where)[1:]
    if difference.kind in {"status", "silence"} or not steps:
        return _of_status(pair)
    match steps:
        case ("headers", name):
            return _of_header(name, pair)
        case ("picture", name):
            return "IMG-SIZE" if name in {"width", "height"} else "IMG-GET"
        case ("json", *inner):
            return _of_field(difference, pair, tuple(inner))
    return _of_body(pair)


def _of_status(pair: Pair) -> str:
    """Return the rule of a status: of the recorded refusal, else of the other one, else of the operation."""
    operation = pair.recorded.operation
    if operation == "picture":
        return "IMG-GET"
    if operation is None:
        return "CORS" if pair.recorded.request.method == "OPTIONS" else "NOT-FOUND"
    statuses = status_of(pair.recorded), status_of(pair.reissued)
    if operation == "checkAvailability" and LOCKED in statuses:
        return "LOCK-CHECK"
    if throttled(pair.reissued) or throttled(pair.recorded):
        return "RATE"
    if UNAUTHENTICATED in statuses and any(200 <= status < 300 for status in statuses):
        return "AUTH"
    return next((_BY_STATUS[status] for status in statuses if status in _BY_STATUS), "SHAPE")


def _of_header(name: str, pair: Pair) -> str:
    if name.startswith("x-ratelimit-") or name == "retry-after":
        return "RATE-HEADERS"
    if pair.recorded.operation == "picture":
        return "IMG-GET"
    return _of_body(pair) if name == "content-type" else _BY_HEADER.get(name, "SHAPE")


def _of_body(pair: Pair) -> str:
    """Return the rule about the kind of a body."""
    if pair.recorded.operation == "picture":
        return "IMG-GET"
    headers = {name.lower(): value for name, value in pair.recorded.request.headers.items()}
    if status_of(pair.recorded) >= 300 and "json" not in headers.get("accept", "*/*"):
        return "NO-ACCEPT"
    return "NOT-FOUND" if pair.recorded.operation is None else "SHAPE"


def _of_field(difference: Difference, pair: Pair, path: tuple[str, ...]) -> str:
    listing = pair.recorded.operation == "getRecentImages"
    if difference.kind == "order":
        return "RECENT-ORDER"
    if not path or (listing and len(path) == 1):
        return "RECENT-SAME" if listing else "SHAPE"
    if pair.recorded.operation == "getVersions" and status_of(pair.recorded) == 200:
        return "VERSIONS"
    name = path[-1]
    if name == "created_at":
        return "RECENT-TIME" if difference.kind == "distance" else "SHAPE"
    if name == "output" and difference.kind == "identifier":
        return "RECENT-SAME" if listing else "IMG-GET"
    if name in {"id", "title"}:
        return "RECENT-SAME" if listing else "IMG-COUNT"
    if name == "status" and len(path) > 1:
        return "QUEUED"
    if path[0] in {"status", "message", "errors"}:
        return _of_refusal(pair)
    return _BY_FIELD.get(path[0] if path[0] == "error" else name, "SHAPE")


def _of_refusal(pair: Pair) -> str:
    """Return the rule about the body of a refusal."""
    status, operation = status_of(pair.recorded), pair.recorded.operation
    if status == LOCKED:
        return "LOCK-CHECK" if operation == "checkAvailability" else "LOCK-409-BODY"
    return _BY_STATUS.get(status, "SHAPE")

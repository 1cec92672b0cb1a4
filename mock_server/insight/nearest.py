"""The nearest request that would pass, or pass later."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from mock_server.contract import Contract, Operation
from mock_server.domain.clock import Instant, to_iso
from mock_server.domain.entry import PICTURE, Entry

from .corrections import corrected
from .values import similarity

Nearest = dict[str, Any]

AT_ONCE = "at once"
AFTER_BUYING = "after buying credits"
NEVER = "never by itself"
PICTURE_PATH = "/uploads/{title}"
# By the status of a reply that a fault or a header forced, as the service itself would mean it.
_AFTER_FORCED = {
    **dict.fromkeys((400, 401, 403, 404, 405, 422, 429), NEVER),
    409: "when check-availability answers 200",
    419: AFTER_BUYING,
}
_ENCODINGS = {True: "multipart/form-data", False: "application/json"}


def nearest(entry: Entry, contract: Contract) -> Nearest:
    """Return the valid request nearest to one that was refused.

    Always {"operation", "when", "method", "path"}. when: an instant as ISO 8601, "at once", "after buying credits",
    "never by itself", or "when check-availability answers 200". Also "fields", the changes as {"field", "sent",
    "nearest", "problem"}, the whole body as "request" and its "encoding"; for a missing token "headers" instead; for a
    wrong path or method no body, and method and path are {"sent", "nearest"}.
    """
    return _BY_CODE.get(entry.code or "", _same)(entry, contract)


def exact(instant: Instant) -> str:
    """Return an instant as ISO 8601, to the microsecond unless it is a whole second, so that it is never early."""
    return to_iso(instant, "auto")


def _same(entry: Entry, contract: Contract) -> Nearest:
    return _request(entry, contract, _when(entry), entry.fields)


def _when(entry: Entry) -> str:
    """Return when the same request may pass: at once, unless a state of the world or a forced reply prevents it."""
    if entry.code is None:
        return _AFTER_FORCED.get(entry.status or 0, AT_ONCE)
    if entry.ends_at is not None:
        return exact(entry.ends_at)
    return NEVER if entry.state else AT_ONCE


def _request(
    entry: Entry, contract: Contract, when: str, body: Mapping[str, Any], *changes: Mapping[str, Any]
) -> Nearest:
    upload = any(isinstance(value, Mapping) and "file" in value for value in body.values())
    return {
        **_line(entry, contract, when),
        "fields": [dict(each) for each in changes],
        "encoding": _ENCODINGS[upload] if body else None,
        "request": dict(body),
    }


def _line(entry: Entry, contract: Contract, when: str = AT_ONCE) -> Nearest:
    found = _operation(entry, contract)
    method, path = (found.method, found.path) if found else (entry.method, entry.path)
    return {"operation": entry.operation, "when": when, "method": method, "path": path}


def _operation(entry: Entry, contract: Contract) -> Operation | None:
    return next((each for each in contract.operations if each.id == entry.operation), None)


def _with_another_key(entry: Entry, contract: Contract) -> Nearest:
    return _request(entry, contract, NEVER, entry.fields)


def _with_token(entry: Entry, contract: Contract) -> Nearest:
    sent = "present" if entry.authorized else "missing"
    header = {"field": "Authorization", "sent": sent, "nearest": "Bearer <token>"}
    return {**_line(entry, contract), "headers": [header]}


def _elsewhere(entry: Entry, contract: Contract) -> Nearest:
    """Return the operation at the path most like the one that was sent, by its method if it takes that one."""
    operation, method, path = max(
        _places(entry, contract),
        key=lambda place: (similarity(entry.path, place[2]), entry.method == place[1]),
    )
    return {
        "operation": operation,
        "when": AT_ONCE,
        "method": {"sent": entry.method, "nearest": method},
        "path": {"sent": entry.path, "nearest": path},
    }


def _places(entry: Entry, contract: Contract) -> Iterator[tuple[str, str, str]]:
    if entry.operation != PICTURE:
        yield from ((each.id, each.method, each.path) for each in contract.operations)
    yield PICTURE, "GET", entry.path if entry.code == "wrong-method" and entry.operation == PICTURE else PICTURE_PATH


def _affordable(entry: Entry, contract: Contract) -> Nearest:
    free, needed, images = (entry.state.get(name, 0) for name in ("credits", "needed", "images"))
    count = images * free // needed if needed else 0
    if count > 0:
        return _fewer(entry, contract, AT_ONCE, count, f"Credits needed: {needed}, left: {free}.")
    return _request(entry, contract, AFTER_BUYING if entry.state else AT_ONCE, entry.fields)


def _within_the_day(entry: Entry, contract: Contract) -> Nearest:
    limit, left = entry.state.get("daily_limit", 0), left_today(entry)
    if left > 0:
        return _fewer(entry, contract, AT_ONCE, left, f"Images left today: {left} of {limit}.")
    resets_at = entry.state.get("resets_at")
    if entry.ends_at is None and limit > 0 and resets_at is not None:
        return _fewer(entry, contract, exact(resets_at), limit, f"Images a day: at most {limit}.")
    return _same(entry, contract)


def left_today(entry: Entry) -> int:
    """Return how many images were left of the day when a request met the daily limit, 0 if that is not known."""
    used, reserved = entry.state.get("used_today", 0), entry.state.get("reserved", 0)
    return max(0, int(entry.state.get("daily_limit", 0) - used - reserved))


def _fewer(entry: Entry, contract: Contract, when: str, count: int, problem: str) -> Nearest:
    field = _count_field(entry, contract)
    change = {"field": field, "sent": entry.fields.get(field), "nearest": count, "problem": problem}
    return _request(entry, contract, when, {**entry.fields, field: count}, change)


def _count_field(entry: Entry, contract: Contract) -> str:
    """Return the name of the field that holds the number of images."""
    operation = _operation(entry, contract)
    roles = operation.parameters.pick(entry.fields).roles if operation and operation.parameters else None
    return (roles and roles.count) or ""


def _valid(entry: Entry, contract: Contract) -> Nearest:
    operation = _operation(entry, contract)
    if operation is None or operation.parameters is None:
        return _same(entry, contract)
    found = corrected(operation.parameters, entry.fields, entry.problems)
    return _request(entry, contract, AT_ONCE, found.body, *map(asdict, found.corrections))


_BY_CODE: Mapping[str, Callable[[Entry, Contract], Nearest]] = {
    "unauthenticated": _with_token,
    "forbidden": _with_another_key,
    "no-route": _elsewhere,
    "no-picture": _elsewhere,
    "wrong-method": _elsewhere,
    "invalid": _valid,
    "missing-source": _valid,
    "daily-limit": _within_the_day,
    "no-credits": _affordable,
}

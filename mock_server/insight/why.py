"""The explanation of a refusal: the rule, the state that it checked, its end, and the request to send instead."""

from collections.abc import Callable, Mapping
from typing import Any

from mock_server.contract import Contract, Rules
from mock_server.domain.entry import Entry
from mock_server.domain.held_lock import FOREVER

from .nearest import AFTER_BUYING, AT_ONCE, NEVER, Nearest, exact, nearest

_INSTANTS = ("until", "resets_at")


def why(entry: Entry, contract: Contract, rules: Rules) -> dict[str, Any] | None:
    """Return the explanation of a refusal, or None if the request was not refused.

    {"rule": id or None, "source": "doc", "platform", "inferred" or "assumed", "statement": the rule's or None,
    "state": what the rule checked, "ends_at": when the same request may pass or None, "message": what happened and
    what to do, "nearest": see `nearest`}. Instants are ISO 8601.
    """
    if entry.status is None or not 400 <= entry.status < 500:
        return None
    rule = rules.by_id.get(entry.rule or "")
    found = nearest(entry, contract)
    return {
        "rule": entry.rule,
        "source": rule.source if rule else "assumed",
        "statement": rule.statement if rule else None,
        "state": _readable(entry.state),
        "ends_at": None if entry.ends_at is None else exact(entry.ends_at),
        "message": _message(entry, found),
        "nearest": found,
    }


def _readable(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state with instants as ISO 8601, and `forever` for a lock without an end."""
    return {name: _readable_value(name, value) for name, value in state.items()}


def _readable_value(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return _readable(value)
    if name in _INSTANTS and value is not None:
        return exact(value)
    return FOREVER if name == "until" else value


def _message(entry: Entry, found: Nearest) -> str:
    if entry.code is None:
        cause = f"the fault {', '.join(entry.faults)} answered" if entry.faults else "the mock was asked to answer"
        return f"No rule refused it: {cause} {entry.status}. {_FORCED.get(entry.status or 0, _AGAIN)}"
    if entry.code not in _BY_CODE:
        return f"The rule {entry.rule} refused it with {entry.status}."
    return _BY_CODE[entry.code](entry, found)


def _no_token(entry: Entry, found: Nearest) -> str:
    del found
    sent = "The token is not valid" if entry.authorized else "The request carries no token"
    return f"{sent}. Send the header Authorization: Bearer <token>, with a valid one, with every call."


def _no_picture(entry: Entry, found: Nearest) -> str:
    del entry, found
    return "There is no picture of that title. Fetch the address in output exactly as the reply gives it."


def _no_route(entry: Entry, found: Nearest) -> str:
    del entry
    return f"There is no such path. {_place(found)}"


def _wrong_method(entry: Entry, found: Nearest) -> str:
    return f"The path does not take {entry.method}. {_place(found)}"


def _place(found: Nearest) -> str:
    return f"The nearest is {found['operation']}: {found['method']['nearest']} {found['path']['nearest']}."


def _locked(entry: Entry, found: Nearest) -> str:
    del entry
    if found["when"] == NEVER:
        return "A generation holds the lock forever. Waiting does not help: delete the lock by the control API."
    expiry = "" if found["when"] == AT_ONCE else f" It is free again at {found['when']} at the latest."
    return f"A generation holds the lock.{expiry} Ask check-availability once a second, and generate when it says 200."


def _rate_limit(entry: Entry, found: Nearest) -> str:
    limit = entry.state.get("limit")
    reached = "The rate limit" if limit is None else f"The rate limit of {limit} requests"
    return f"{reached} is reached. Send it again {_when(found)}, and wait as long as Retry-After says."


def _forbidden(entry: Entry, found: Nearest) -> str:
    del entry, found
    return "The scope of the API key does not have this call. Use another key."


def _no_credits(entry: Entry, found: Nearest) -> str:
    state = entry.state
    short = (
        f"Credits needed: {state['needed']}, left: {state['credits']}. " if "needed" in state else "Credits are short. "
    )
    if found["when"] == AFTER_BUYING or not found["fields"]:
        return f"{short}Buy credits before sending it again."
    return f"{short}Ask for {_images(_count(found))}, or buy credits before sending it again."


def _daily_limit(entry: Entry, found: Nearest) -> str:
    allowed = entry.state.get("daily_limit")
    limit = "The daily limit" if allowed is None else f"The daily limit of {_images(allowed)}"
    if found["when"] == NEVER:
        return f"{limit} allows no image at all. Waiting does not help."
    when = _when(found)
    ways = [f"ask for {_images(_count(found))} {when}"] if found["fields"] else []
    if entry.ends_at is not None:
        ways.append(f"send it again at {exact(entry.ends_at)}")
    advice = " or ".join(ways) or "send it again on another day"
    return f"{limit} is reached. {advice[0].upper()}{advice[1:]}."


def _when(found: Nearest) -> str:
    return AT_ONCE if found["when"] == AT_ONCE else f"at {found['when']}"


def _count(found: Nearest) -> int:
    return int(found["fields"][0]["nearest"])


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"


def _invalid(entry: Entry, found: Nearest) -> str:
    del found
    first = entry.problems[0].message if entry.problems else "The parameters are not valid."
    more = len({each.field for each in entry.problems}) - 1
    others = f" {more} more field{'s are' if more > 1 else ' is'} wrong." if more > 0 else ""
    return f"{first}{others} Send the nearest request instead."


def _too_large(entry: Entry, found: Nearest) -> str:
    del entry, found
    return "The request body is larger than the limit. Send a smaller one."


# A client must obey a forced reply like one of the service: the verdict cannot tell them apart.
_AGAIN = "Send it again."
_UNCHANGED = "A client corrects the request that it gets this for, and does not repeat it unchanged."
_FORCED = {
    400: _UNCHANGED,
    401: "A client sends another token, and does not repeat it with this one.",
    403: "A client uses another key, and does not repeat it with this one.",
    404: "A client corrects the address, and does not repeat it.",
    405: "A client corrects the method, and does not repeat it.",
    409: "A client asks check-availability once a second, and sends it again when that says 200.",
    419: "A client buys credits before it sends this again.",
    422: _UNCHANGED,
    429: "A client waits until the next day, or as long as Retry-After says, before it sends this again.",
}
_BY_CODE: Mapping[str, Callable[[Entry, Nearest], str]] = {
    "unauthenticated": _no_token,
    "no-route": _no_route,
    "no-picture": _no_picture,
    "wrong-method": _wrong_method,
    "too-large": _too_large,
    "busy": _locked,
    "locked": _locked,
    "invalid": _invalid,
    "missing-source": _invalid,
    "daily-limit": _daily_limit,
    "no-credits": _no_credits,
    "rate-limit": _rate_limit,
    "forbidden": _forbidden,
}

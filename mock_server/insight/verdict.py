"""The client verdict, rule by rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server.domain.entry import Entry

from . import retries, spending
from .evidence import Evidence, times

_MAX_LISTED = 20


@dataclass(frozen=True, slots=True)
class ClientRule:
    """One rule for clients of this API.

    situation: in which the rule can be judged; kept: description of good behaviour; advice: for a violation.
    """

    id: str
    title: str
    statement: str
    situation: str
    kept: str
    advice: str
    look: Callable[[Sequence[Entry]], Evidence]


CLIENT_RULES = (
    ClientRule(
        "CLIENT-LOCK-HAMMER",
        "It waits while a generation runs",
        "No three calls of generate-image or check-availability in a row are answered with 409, each sent less than "
        "1 s after the one before on the world's clock.",
        "a 409 from generate-image or check-availability",
        "did not hammer the lock",
        "Call check-availability at most once a second, and generate when it returns 200.",
        retries.hammered_lock,
    ),
    ClientRule(
        "CLIENT-RETRY-419",
        "It does not retry without credits",
        "A generate-image call that was answered with 419 is not sent again unchanged, to be answered with 419 again "
        "with the same credits left.",
        "a 419 from generate-image",
        "did not retry unchanged",
        "Buy credits, or request fewer images.",
        retries.retried_without_credits,
    ),
    ClientRule(
        "CLIENT-RETRY-429",
        "It does not retry beyond the daily limit",
        "A generate-image call that was answered with 429 is not sent again unchanged before the day's end, to be "
        "answered with 429 again under the same limit.",
        "a 429 from generate-image",
        "did not retry unchanged",
        "Request fewer images, or wait until the day ends.",
        retries.retried_over_limit,
    ),
    ClientRule(
        "CLIENT-BLIND-RESEND",
        "It checks before it resends",
        "After a generate-image call whose outcome the client could not know (no reply, half a reply, a 5xx or an "
        "unreadable 200), the same call is not sent again before recent-images was answered with 200. A repetition "
        "that is refused while the first still runs does not count.",
        "an unknown outcome of generate-image",
        "did not resend blindly",
        "Check recent-images first: the images may exist and be paid for.",
        spending.resent_blindly,
    ),
    ClientRule(
        "CLIENT-TOKEN-LEAK",
        "It sends no token to pictures",
        "A request for a picture carries no Authorization header.",
        "a request for a picture",
        "sent no token",
        "Send the token to the API only: pictures may be on a host of another provider.",
        spending.leaked_token,
    ),
    ClientRule(
        "CLIENT-UNFETCHED",
        "It fetches every image",
        "Every image of a generate-image call that was answered completely with 200 is fetched afterwards, by a GET "
        "that is answered completely with 200.",
        "a generation with images",
        "fetched every image",
        "Fetch the address in output, or request fewer images.",
        spending.left_unfetched,
    ),
    ClientRule(
        "CLIENT-SAME-422",
        "It corrects invalid parameters",
        "A generate-image call that was answered with 422 or 400 is not sent again unchanged, to be refused again.",
        "a 422 or 400 from generate-image",
        "did not repeat a refused body",
        "Read errors in the response: it names each invalid field and its valid values.",
        retries.repeated_invalid,
    ),
)


def verdict(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the verdict on the client of one world, from its entries, oldest first. Those of the page do not count.

    {"verdict": "misbehaved", "well-behaved" or "not exercised", "requests": number of judged requests, "rules":
    [{"id", "title", "statement", "verdict": "violated", "passed" or "not_exercised", "reason", "count", "requests"}]}.
    requests: ids, a list per occurrence of the violation, or, of a passed rule, of its situation; at
    most 20 of 20 each, while count counts all.
    """
    entries = [entry for entry in entries if entry.by_client]
    judged = [_judged(rule, rule.look(entries)) for rule in CLIENT_RULES]
    found = {each["verdict"] for each in judged}
    overall = "misbehaved" if "violated" in found else "well-behaved" if "passed" in found else "not exercised"
    return {"verdict": overall, "requests": len(entries), "rules": judged}


def _judged(rule: ClientRule, evidence: Evidence) -> dict[str, Any]:
    occurrences = [each.requests for each in evidence.broken] or [(each,) for each in evidence.met]
    return {
        "id": rule.id,
        "title": rule.title,
        "statement": rule.statement,
        "verdict": "violated" if evidence.broken else "passed" if evidence.met else "not_exercised",
        "reason": _reason(rule, evidence),
        "count": len(occurrences),
        "requests": [list(each[:_MAX_LISTED]) for each in occurrences[:_MAX_LISTED]],
    }


def _reason(rule: ClientRule, evidence: Evidence) -> str:
    if not evidence.met:
        return f"The client never met {rule.situation}."
    if not evidence.broken:
        return f"The client met {rule.situation} {times(len(evidence.met))}, and {rule.kept}."
    more = len(evidence.broken) - 1
    others = f" This happened {times(more)} more." if more else ""
    return f"{evidence.broken[0].event}{others} {rule.advice}"

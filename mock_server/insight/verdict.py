"""The verdict on a client: how it behaved, rule by rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server.domain.entry import Entry

from . import patience, paying
from .evidence import Evidence, times

_LISTED = 20


@dataclass(frozen=True, slots=True)
class ClientRule:
    """One thing that a client of this API does or leaves.

    situation: when it can be judged at all; kept: what a well-behaved client did then; advice: what to do instead.
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
        "Ask check-availability at most once a second, and generate when it says 200.",
        patience.hammered_lock,
    ),
    ClientRule(
        "CLIENT-RETRY-419",
        "It does not retry without credits",
        "A generate-image call that was answered with 419 is not sent again unchanged, to be answered with 419 again "
        "with the same credits left.",
        "a 419 from generate-image",
        "did not retry in vain",
        "Buy credits, or ask for fewer images.",
        patience.retried_without_credits,
    ),
    ClientRule(
        "CLIENT-RETRY-429",
        "It does not retry beyond the daily limit",
        "A generate-image call that was answered with 429 is not sent again unchanged before the day's end, to be "
        "answered with 429 again under the same limit.",
        "a 429 from generate-image",
        "did not retry in vain",
        "Ask for fewer images, or wait for 00:00 UTC.",
        patience.retried_over_limit,
    ),
    ClientRule(
        "CLIENT-BLIND-RESEND",
        "It looks before it orders again",
        "After a generate-image call whose outcome the client could not know (no reply, half a reply, a 5xx or an "
        "unreadable 200), the same call is not sent again before recent-images was answered with 200. A repetition "
        "that is refused while the first still runs does not count.",
        "an unknown outcome of generate-image",
        "did not order again without a look",
        "Look at recent-images first: the images may be there, and paid for.",
        paying.resent_blindly,
    ),
    ClientRule(
        "CLIENT-TOKEN-LEAK",
        "It keeps its token from the pictures",
        "A request for a picture carries no Authorization header.",
        "a request for a picture",
        "sent no token along",
        "Send the token to the API only: pictures may lie on a host of somebody else.",
        paying.leaked_token,
    ),
    ClientRule(
        "CLIENT-UNFETCHED",
        "It fetches what it paid for",
        "Every image of a generate-image call that was answered completely with 200 is fetched afterwards, by a GET "
        "that is answered completely with 200.",
        "a generation with images",
        "fetched every image",
        "Fetch the address in output, or ask for fewer images.",
        paying.left_unfetched,
    ),
    ClientRule(
        "CLIENT-SAME-422",
        "It reads what is wrong with its parameters",
        "A generate-image call that was answered with 422 or 400 is not sent again unchanged, to be refused again.",
        "a 422 or 400 from generate-image",
        "did not repeat a refused body",
        "Read errors in the reply: it names each field and what it takes.",
        patience.repeated_invalid,
    ),
)


def verdict(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return how the client of one world behaved, from its entries, oldest first.

    {"verdict": "misbehaved", "well-behaved" or "not exercised", "requests": number of judged requests, "rules":
    [{"id", "title", "statement", "verdict": "violated", "passed" or "not_exercised", "reason", "count", "requests"}]}.
    requests: ids, a list per occurrence of the violation, or, of a passed rule, of its situation; at
    most 20 of 20 each, while count counts all.
    """
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
        "requests": [list(each[:_LISTED]) for each in occurrences[:_LISTED]],
    }


def _reason(rule: ClientRule, evidence: Evidence) -> str:
    if not evidence.met:
        return f"The client never met {rule.situation}."
    if not evidence.broken:
        return f"The client met {rule.situation} {times(len(evidence.met))}, and {rule.kept}."
    more = len(evidence.broken) - 1
    others = f" The like happened {times(more)} more." if more else ""
    return f"{evidence.broken[0].event}{others} {rule.advice}"

"""Settings of the mock that explain another status, each with the value to set."""

from collections.abc import Iterator

from contract_tests.comparison.bodies import Recogniser
from contract_tests.comparison.context import Context
from contract_tests.comparison.difference import Pair
from contract_tests.comparison.facts import LOCKED, NO_CREDITS, OVER_LIMIT, is_generation, served, status_of, throttled
from contract_tests.comparison.finding import Setting
from contract_tests.comparison.requests import images_of, kind_of_request, uploads
from contract_tests.oracle.engines import engine_of
from contract_tests.oracle.facts import LOCK_SECONDS
from contract_tests.oracle.kinds import Kind
from contract_tests.recordings.model import RecordedExchange

_REASONS = {422: "invalid", LOCKED: "locked", OVER_LIMIT: "daily-limit", NO_CREDITS: "no-credits"}
_DOCUMENTED_ORDER = ("invalid", "locked", "daily-limit", "no-credits")
_INVALID = frozenset({200, 400, 422})


def invalid_status(context: Context) -> Iterator[Setting]:
    before, after = context.statuses
    refused = not context.was_served and not context.is_served
    if {before, after} <= _INVALID and refused and context.recorded.operation == "generateImage":
        yield Setting("invalid_status", before)


def refusal_order(context: Context) -> Iterator[Setting]:
    """Let each recorded reason come before the one that the mock gave to the same request."""
    if _reasons(context, context.pair) is None:
        return
    order = [str(each) for each in context.behaviour.get("refusal_order") or _DOCUMENTED_ORDER]
    for pair in context.outcome.pairs:
        reasons = _reasons(context, pair)
        if reasons and order.index(reasons[0]) > order.index(reasons[1]):
            order.remove(reasons[0])
            order.insert(order.index(reasons[1]), reasons[0])
    yield Setting("refusal_order", order)


def lock_scope(context: Context) -> Iterator[Setting]:
    before, after = context.statuses
    if LOCKED not in (before, after) or LOCKED == before == after:
        return
    recorded = before == LOCKED
    roles = {holder.role for holder in context.holders(recorded=recorded)}
    if roles and context.recorded.role not in roles:
        yield Setting("lock_scope", "global" if recorded else "account")


def lock_release(context: Context) -> Iterator[Setting]:
    before, after = context.statuses
    if (before == LOCKED) == (after == LOCKED):
        return
    holders = [each for each in context.holders(recorded=before == LOCKED) if each.role == context.recorded.role]
    # Once its reply is there, only the life of the lock is left.
    over = [each for each in holders if each.received <= context.recorded.sent]
    if holders and len(over) == len(holders):
        yield Setting("lock_release", "expiry" if before == LOCKED else "completion")


def lock_seconds(context: Context) -> Iterator[Setting]:
    before, after = context.statuses
    if (before == LOCKED) == (after == LOCKED) or context.recorded.role == "busy":
        return
    same = [
        each for each in context.exchanges if each.role == context.recorded.role and each.sent < context.recorded.sent
    ]
    started = [
        each for each in same if each.operation == "generateImage" and each.response and each.response.status == 200
    ]
    if not started:
        return
    elapsed = context.recorded.sent - started[-1].sent
    if before == LOCKED and elapsed > LOCK_SECONDS:
        yield Setting("lock_seconds", _above(context, started[-1].sent, elapsed))
    elif before != LOCKED and elapsed < LOCK_SECONDS and context.recorded.sent < started[-1].received:
        yield Setting("lock_seconds", int(elapsed))


def _above(context: Context, since: float, elapsed: float) -> int:
    """Return whole seconds above the longest time that the lock was seen to last."""
    locked = [
        each.sent - since
        for each in context.exchanges
        if each.role == context.recorded.role and each.response and each.response.status == LOCKED and each.sent > since
    ]
    return int(max([elapsed, *locked])) + 1


def credit_need(context: Context) -> Iterator[Setting]:
    before, after = context.statuses
    account = context.outcome.recording.manifest.accounts.get(context.recorded.role)
    known = account.credits if account else None
    wanted, made = images_of(context.recorded.request), context.made_before()
    if after == NO_CREDITS and context.was_served and known is not None and made < known < made + wanted:
        yield Setting("credit_need", "any")
    elif before == NO_CREDITS and known is not None and made and made + wanted <= known:
        # The lowest price at which the balance does not cover it.
        yield Setting("credits_per_image", known // (made + wanted) + 1)
    elif before == NO_CREDITS and context.is_served and context.behaviour.get("credit_need") == "any":
        yield Setting("credit_need", "all")


def daily_unit(context: Context) -> Iterator[Setting]:
    before, after = context.statuses
    if OVER_LIMIT not in (before, after) or throttled(context.recorded) or throttled(context.reissued):
        return
    account = context.outcome.recording.manifest.accounts.get(context.recorded.role)
    left = account.images_left if account else None
    if left is None:
        return
    earlier = context.generations_before()
    if after == OVER_LIMIT and context.was_served and len(list(filter(served, earlier))) < left:
        yield Setting("daily_unit", "requests")
    elif before == OVER_LIMIT and context.is_served:
        units = "images" if context.behaviour.get("daily_unit", "images") != "images" else "attempts"
        yield Setting("daily_unit", units if len(earlier) >= left or units == "images" else None)


def trailing_slash(context: Context) -> Iterator[Setting]:
    before, after = context.statuses
    path = context.recorded.request.target.partition("?")[0]
    if not path.endswith("/") or before == after:
        return
    redirected = 300 <= before < 400
    yield Setting("trailing_slash", "redirected" if redirected else "unknown" if before == 404 else "ignored")


def limits(context: Context) -> Iterator[Setting]:
    """Yield the limits of its own by which a service refused or served a request."""
    if kind_of_request(context.recorded.request) is Kind.INVALID or context.was_served == context.is_served:
        return
    statuses = context.statuses
    refused = statuses[1] if context.was_served else statuses[0]
    if refused not in {200, 400, 413, 422}:
        return
    files = uploads(context.recorded.request)
    count, prompt = images_of(context.recorded.request), _prompt_length(context)
    lower = 0 if context.was_served else 1
    named = _named(context)
    if count > 1 and named in {"", "image_number_of_images"}:
        yield Setting("max_images", count - lower)
    elif files and named in {"", "image_src"}:
        yield Setting("max_upload_bytes", files[0].bytes - lower)
    elif prompt > _ORDINARY_LENGTH:
        yield Setting("max_text_length", prompt - lower)


_ORDINARY_LENGTH = 200
STATUSES: tuple[Recogniser, ...] = (
    trailing_slash,
    invalid_status,
    lock_scope,
    lock_release,
    lock_seconds,
    credit_need,
    daily_unit,
    refusal_order,
    limits,
)


def _reasons(context: Context, pair: Pair) -> tuple[str, str] | None:
    """Return why a generation was refused on both sides, if for different reasons."""
    reasons = _reason(context, pair.recorded), _reason(context, pair.reissued)
    if reasons[0] is None or reasons[1] is None or reasons[0] == reasons[1]:
        return None
    return reasons[0], reasons[1]


def _reason(context: Context, exchange: RecordedExchange) -> str | None:
    """Return why a generation was refused, None if it was served."""
    status = status_of(exchange)
    if not is_generation(exchange) or throttled(exchange) or served(exchange):
        return None
    invalid = status in {400, 422} or status == context.behaviour.get("invalid_status")
    return "invalid" if invalid else _REASONS.get(status)


def _named(context: Context) -> str:
    """Return the only parameter that a refusal names, empty if it names none or several."""
    side = context.reissued if context.was_served else context.recorded
    body = side.response.json if side.response else None
    errors = body.get("errors") if isinstance(body, dict) else None
    return next(iter(errors)) if isinstance(errors, dict) and len(errors) == 1 else ""


def _prompt_length(context: Context) -> int:
    engine = engine_of(context.fields)
    return len(str(context.fields.get(engine.prompt, ""))) if engine else 0

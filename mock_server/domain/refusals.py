"""Refusals: the one table of why the service refuses a request. Status, rule and message of each stand here only."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from . import charges, days
from .behaviour import Behaviour
from .clock import Instant
from .world import Demand, Lock, World

INVALID = "invalid"


class Refusal(msgspec.Struct, frozen=True):
    """A request was refused. code: its key in REFUSALS.

    ends_at: the instant from which the same request may pass if nothing else changes, None if there is none;
    state: the part of the world that the rule checked.
    """

    code: str
    ends_at: Instant | None = None
    state: Mapping[str, Any] = msgspec.field(default_factory=dict)

    @property
    def rule(self) -> str | None:
        """Return the id of its rule."""
        return REFUSALS[self.code].rule


Check = Callable[[World, Demand, Instant, Behaviour], Refusal | None]


class RefusalKind(NamedTuple):
    """One kind of refusal. rule: id of its rule, None for a limit that no source gives.

    message: of the body, with placeholders for details; has_status: the body has `"status": "error"` too;
    check: whether a generation is refused for it, None if it does not depend on the account's state.
    """

    code: str
    rule: str | None
    status: int
    message: str
    has_status: bool = False
    check: Check | None = None


def refuse(
    world: World, demand: Demand, now: Instant, behaviour: Behaviour, codes: Iterable[str] | None = None
) -> Refusal | None:
    """Return the first refusal of a generation, in the order of the behaviour; of `codes` only, if given. [ORDER]"""
    # The order includes "invalid", which is not a matter of the world and has no check.
    for code in behaviour.refusal_order if codes is None else codes:
        check = REFUSALS[code].check
        if check and (refusal := check(world, demand, now, behaviour)):
            return refusal
    return None


def before_invalid(world: World, demand: Demand, now: Instant, behaviour: Behaviour) -> Refusal | None:
    """Return the refusal of a generation that precedes that of invalid parameters, or None. [ORDER]"""
    order = behaviour.refusal_order
    return refuse(world, demand, now, behaviour, order[: order.index(INVALID)])


def busy(lock: Lock) -> Refusal:
    """Return the refusal of check-availability while the lock is held. [LOCK-CHECK]"""
    return Refusal("busy", lock.ends, {"lock": {"until": lock.until}})


def locked(lock: Lock) -> Refusal:
    """Return the refusal of a generation while the lock is held. [LOCK-ONE]"""
    return Refusal("locked", lock.ends, {"lock": {"until": lock.until}})


def _locked(world: World, demand: Demand, now: Instant, behaviour: Behaviour) -> Refusal | None:
    del demand, now, behaviour
    return locked(world.lock) if world.lock else None


def _daily_limit(world: World, demand: Demand, now: Instant, behaviour: Behaviour) -> Refusal | None:
    wanted = charges.allowance(world, demand, behaviour)
    reserved = sum([each.allowance for each in world.running])
    if not wanted or world.used + reserved + wanted <= world.daily_limit:
        return None
    # More than a whole day allows passes on no day.
    resets_at = days.next_day(now, behaviour)
    state = {
        "daily_limit": world.daily_limit,
        "used_today": world.used,
        "reserved": reserved,
        "resets_at": resets_at,
    }
    return Refusal("daily-limit", resets_at if wanted <= world.daily_limit else None, state)


def _no_credits(world: World, demand: Demand, now: Instant, behaviour: Behaviour) -> Refusal | None:
    del now
    free, needed = charges.free_credits(world), charges.needed_credits(world, demand, behaviour)
    state = {"credits": free, "needed": needed, "images": demand.count}
    return Refusal("no-credits", None, state) if free < needed else None


_BUSY = "Image generation in progress. Please try again later."
_NO_CREDITS = "You have no credits left. Please consider upgrading your plan."
_OVER_LIMIT = "You have reached the maximum number of image generation allowed."
_WRONG_METHOD = "The {method} method is not supported for route {path}. Supported methods: {allow}."

_TABLE = (
    RefusalKind("unauthenticated", "AUTH-401", 401, "Unauthenticated."),
    RefusalKind("forbidden", "FORBIDDEN", 403, "This API key may not call {operation}."),
    RefusalKind("rate-limit", "RATE", 429, "Too Many Attempts."),
    RefusalKind("no-route", "NOT-FOUND", 404, "The route {path} could not be found."),
    RefusalKind("no-picture", "NOT-FOUND", 404, "There is no picture {path}."),
    RefusalKind("wrong-method", "NOT-FOUND", 405, _WRONG_METHOD),
    RefusalKind("too-large", None, 413, "The POST data is too large. The limit is {limit} bytes."),
    RefusalKind("busy", "LOCK-CHECK", 409, _BUSY, has_status=True),
    RefusalKind(INVALID, "VALID-422", 422, "{message}"),
    RefusalKind("missing-source", "I2I-SRC", 422, "{message}"),
    RefusalKind("locked", "LOCK-ONE", 409, _BUSY, has_status=True, check=_locked),
    RefusalKind("daily-limit", "DAILY-429", 429, _OVER_LIMIT, has_status=True, check=_daily_limit),
    # No RFC has the status 419; the documentation of the API does.
    RefusalKind("no-credits", "CREDIT-419", 419, _NO_CREDITS, has_status=True, check=_no_credits),
)
REFUSALS: Mapping[str, RefusalKind] = {kind.code: kind for kind in _TABLE}

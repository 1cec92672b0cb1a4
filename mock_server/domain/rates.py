"""Rate limits: requests a minute and a day, in fixed windows of the world's clock. [RATE]"""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from .behaviour import Behaviour
from .clock import DAY, SECOND, Instant
from .refusals import Refusal
from .world import Calls, World

MINUTE = 60 * SECOND


class Plan(NamedTuple):
    """The requests that a plan allows."""

    a_minute: int
    a_day: int


# As the vendor's page of usage and billing lists them.
PLANS: Mapping[str, Plan] = {
    "starter": Plan(60, 1_000),
    "business": Plan(300, 10_000),
    "enterprise": Plan(1_000, 100_000),
}


class Rate(msgspec.Struct, frozen=True):
    """The window with the fewest requests left.

    limit, remaining: of it, in requests; resets_at: when it ends; refusal: None if a request was left.
    """

    limit: int
    remaining: int
    resets_at: Instant
    refusal: Refusal | None = None


def count_call(world: World, now: Instant, behaviour: Behaviour) -> tuple[World, Rate]:
    """Return the world with a request counted, and what is left; a refused one is not counted."""
    plan, calls = PLANS[behaviour.rate_limit], _current(world.calls, now)
    windows = (
        (plan.a_minute, plan.a_minute - calls.in_minute, (calls.minute + 1) * MINUTE),
        (plan.a_day, plan.a_day - calls.in_day, (calls.day + 1) * DAY),
    )
    # Of two empty windows the longer one decides when a request may pass.
    limit, left, resets_at = min(windows, key=lambda window: (window[1], -window[2]))
    if left <= 0:
        state = {"limit": limit, "resets_at": resets_at}
        return world, Rate(limit, 0, resets_at, Refusal("rate-limit", resets_at, state))
    counted = replace(calls, in_minute=calls.in_minute + 1, in_day=calls.in_day + 1)
    return replace(world, calls=counted), Rate(limit, left - 1, resets_at)


def next_minute(now: Instant) -> Instant:
    """Return when the next window of a minute begins."""
    return (now // MINUTE + 1) * MINUTE


def _current(calls: Calls | None, now: Instant) -> Calls:
    """Return the calls of the windows that `now` falls into."""
    minute, day = now // MINUTE, now // DAY
    known = calls or Calls(minute, day)
    return Calls(minute, day, known.in_minute if known.minute == minute else 0, known.in_day if known.day == day else 0)

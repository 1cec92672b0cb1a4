"""Refusals: why the service says no."""

from collections.abc import Mapping
from typing import Any

import msgspec

from .clock import Instant
from .world import Lock


class Refusal(msgspec.Struct, frozen=True):
    """A no. code: its name in the catalogue of errors; rule: id of the rule it rests on.

    ends_at: the instant at which the same request may pass without any other change, None for no such instant;
    state: what of the world the rule looked at.
    """

    code: str
    rule: str
    ends_at: Instant | None = None
    state: Mapping[str, Any] = msgspec.field(default_factory=dict)


def busy(lock: Lock) -> Refusal:
    """Return what check-availability answers with while the lock is held. [LOCK-CHECK]"""
    return Refusal("busy", "LOCK-CHECK", lock.ends, {"lock": {"until": lock.until}})


def locked(lock: Lock) -> Refusal:
    return Refusal("locked", "LOCK-ONE", lock.ends, {"lock": {"until": lock.until}})


def daily_limit(resets_at: Instant | None, limit: int, used: int, reserved: int = 0) -> Refusal:
    return Refusal(
        "daily-limit", "DAILY-429", resets_at, {"daily_limit": limit, "used_today": used, "reserved": reserved}
    )


def no_credits(credits: int, needed: int) -> Refusal:  # noqa: A002
    return Refusal("no-credits", "CREDIT-419", None, {"credits": credits, "needed": needed})

"""Refusals: why the service says no."""

from dataclasses import dataclass

from .clock import Instant


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no. code: its name in the catalogue of errors; rule: id of the rule it rests on.

    ends_at: the instant at which the same request may pass without any other change, None for no such instant.
    """

    code: str
    rule: str
    ends_at: Instant | None = None


def locked(until: Instant | None) -> Refusal:
    return Refusal("locked", "LOCK-ONE", until)


def daily_limit(resets_at: Instant | None) -> Refusal:
    return Refusal("daily-limit", "DAILY-429", resets_at)


NO_CREDITS = Refusal("no-credits", "CREDIT-419")

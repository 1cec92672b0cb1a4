"""A lock that another client holds, in files, in the control API and in explanations: forever, an instant, or none."""

from typing import Annotated

import msgspec
from msgspec import Meta

from .clock import Instant, from_iso, to_iso
from .world import Lock

FOREVER = "forever"
_NONE = "none"
_MAX_CHARACTERS = 60


class LockEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A lock as responses show it. until: `forever`, or ISO 8601 with a time zone; null means `forever` too."""

    until: str | None = None


LockValue = Annotated[str, Meta(description=f"{FOREVER}, an instant, {_NONE}")] | LockEntry | None


def read_lock(value: LockValue, holder: str) -> Lock | None:
    """Return the lock that a value describes, None for none; raise ValueError. holder: who has it."""
    if value is None or value == _NONE:
        return None
    return Lock(holder, _expiry(value.until or FOREVER if isinstance(value, LockEntry) else value))


def lock_view(lock: Lock | None) -> dict[str, str] | None:
    """Return the lock as responses show it, None for none."""
    return None if lock is None else {"until": shown(lock.until)}


def shown(until: Instant | None) -> str:
    """Return the expiry of a lock as text."""
    return FOREVER if until is None else to_iso(until, "milliseconds")


def _expiry(text: str) -> Instant | None:
    """Return the instant of an expiry, None for `forever`; raise ValueError."""
    if text == FOREVER:
        return None
    try:
        return from_iso(text[:_MAX_CHARACTERS])
    except (ValueError, OverflowError) as error:
        raise ValueError(f"lock takes {FOREVER}, an instant, or {_NONE}: {error}") from error

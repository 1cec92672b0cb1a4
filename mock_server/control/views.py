"""Worlds as JSON, and changes to them."""

from dataclasses import replace
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mock_server.domain.clock import DAY, Instant, from_iso, to_iso
from mock_server.domain.world import Lock, World

_CONTROLLER = "the control API"
_Count = Annotated[int, Meta(ge=0, le=2**53)]


class LockChange(msgspec.Struct, forbid_unknown_fields=True):
    """A lock that somebody else holds. until: ISO 8601 with a time zone, or null for ever."""

    until: str | None = None


class WorldChange(msgspec.Struct, forbid_unknown_fields=True):
    """What a PUT or PATCH may set."""

    credits: _Count | UnsetType = UNSET
    daily_limit: _Count | UnsetType = UNSET
    used_today: _Count | UnsetType = UNSET
    lock: LockChange | UnsetType | None = UNSET


def view(token: str, world: World, now: Instant) -> dict[str, Any]:
    """Return a world as the control API shows it."""
    world = world.settled(now)
    until = world.lock and world.lock.until
    return {
        "token": token,
        "credits": world.credits,
        "daily_limit": world.daily_limit,
        "used_today": world.used,
        "lock": {"until": to_iso(until, "milliseconds") if until else None} if world.lock else None,
        "clock": {"mode": "real", "now": to_iso(now, "milliseconds")},
        "images": world.made,
    }


def changed(world: World, change: WorldChange, now: Instant) -> World:
    """Return the world with what `change` sets; raise ValueError where `until` is no instant."""
    world = world.settled(now)
    if change.credits is not UNSET:
        world = replace(world, credits=change.credits)
    if change.daily_limit is not UNSET:
        world = replace(world, daily_limit=change.daily_limit)
    if change.used_today is not UNSET:
        world = replace(world, used=change.used_today, day=now // DAY)
    if change.lock is not UNSET:
        world = replace(world, lock=_lock(change.lock))
    return world


def _lock(change: LockChange | None) -> Lock | None:
    if change is None:
        return None
    return Lock(_CONTROLLER, from_iso(change.until) if change.until is not None else None)

"""Worlds: seen, changed, begun afresh, let go."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from mock_server.domain.clock import Instant, from_iso, to_iso
from mock_server.domain.world import Lock, World
from mock_server.service import Caller, Seen, Service, resets
from mock_server.service.service import SHARED

from .answers import answer, problem, told
from .naming import meant, meant_by_path

_CONTROLLER = "the control API"
_Count = Annotated[int, Meta(ge=0, le=2**53)]
_Seconds = Annotated[float, Meta(ge=0, le=86_400)]


class LockChange(msgspec.Struct, forbid_unknown_fields=True):
    """A lock that somebody else holds. until: ISO 8601 with a time zone, or null for ever."""

    until: str | None = None


class WorldChange(msgspec.Struct, forbid_unknown_fields=True):
    """What a PUT or PATCH may set."""

    credits: _Count | UnsetType = UNSET
    daily_limit: _Count | UnsetType = UNSET
    used_today: _Count | UnsetType = UNSET
    generation_time: _Seconds | UnsetType | None = UNSET
    lock: LockChange | UnsetType | None = UNSET


class Reset(msgspec.Struct, forbid_unknown_fields=True):
    """What to reset: one world, or all."""

    token: str | UnsetType = UNSET


class Worlds:
    """The calls about worlds."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def list(self, request: Request) -> Response:
        """Answer GET /worlds, the one used last first."""
        del request
        views = []
        for name in await names(self._service):
            world = (await self._service.store.read(name)).world
            if world is not None:
                caller = Caller(name, self._service.accounts.default, world.token)
                views.append(view(world.token, await self._service.look(caller)))
        return answer({"worlds": views[::-1], "total": len(views)})

    async def one(self, request: Request) -> Response:
        """Answer GET, PUT (as first opened, then changed), PATCH (changed) and DELETE of one world."""
        caller, token = await meant_by_path(self._service, request)
        change = await self._told(request) if request.method in ("PUT", "PATCH") else None
        if request.method in ("PUT", "DELETE"):
            await resets.delete(self._service, caller.world)
        if change:
            await self._service.change(caller, lambda world, _: (changed(world, *change), None))
        return answer(view(token, await self._service.look(caller)))

    async def reset(self, request: Request) -> Response:
        """Answer POST /reset: let go of one world or of all."""
        which = await told(request, Reset)
        if which.token is UNSET:
            await resets.reset(self._service)
        else:
            await resets.delete(self._service, (await meant(self._service, which.token)).caller.world)
        return answer({"worlds": len(await names(self._service))})

    async def _told(self, request: Request) -> tuple[WorldChange, Instant | None]:
        """Return the change and when the lock that it sets expires."""
        change = await told(request, WorldChange)
        lock = change.lock
        try:
            return change, from_iso(lock.until) if isinstance(lock, LockChange) and lock.until else None
        except (ValueError, OverflowError) as error:
            raise problem(422, f"The lock's until is no instant: {error}.") from error


async def names(service: Service) -> Sequence[str]:
    """Return the names of the worlds that there are, the one longest not used first."""
    return [name for name in await service.store.names() if name != SHARED]


def view(token: str, seen: Seen) -> dict[str, Any]:
    """Return a world as the control API shows it."""
    world = seen.world
    until = world.lock and world.lock.until
    return {
        "token": token,
        "world": world.name,
        "credits": world.credits,
        "daily_limit": world.daily_limit,
        "used_today": world.used,
        "lock": {"until": to_iso(until, "milliseconds") if until else None} if world.lock else None,
        "clock": {"mode": "real" if world.clock.stopped is None else "frozen", "now": to_iso(seen.now, "milliseconds")},
        "images": world.made,
        "running": len(world.running),
        "generation_time": world.generation_seconds,
        "faults": len(world.faults),
    }


def changed(world: World, change: WorldChange, until: Instant | None) -> World:
    """Return the world with what `change` sets. until: when the lock that it sets expires."""
    if change.credits is not UNSET:
        world = replace(world, credits=change.credits)
    if change.daily_limit is not UNSET:
        world = replace(world, daily_limit=change.daily_limit)
    if change.used_today is not UNSET:
        world = replace(world, used=change.used_today)
    if change.generation_time is not UNSET:
        world = replace(world, generation_seconds=change.generation_time)
    if change.lock is not UNSET:
        world = replace(world, lock=Lock(_CONTROLLER, until) if change.lock else None)
    return world

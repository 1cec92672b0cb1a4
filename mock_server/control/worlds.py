"""Worlds: listed, shown, changed, reset; and their images."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any
from urllib.parse import unquote

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from mock_server.configuration import Count, PastSize, Seconds
from mock_server.domain.clock import Instant, to_iso
from mock_server.domain.held_lock import LockValue, lock_view, read_lock
from mock_server.domain.history import add_history
from mock_server.domain.images import world_of
from mock_server.domain.world import Image, Lock, World
from mock_server.service import Seen, Service, resets
from mock_server.service.service import SHARED

from .http import http_error, invalid, json_response, query, read_json, resolve_token, resolve_world

_CONTROLLER = "the control API"

_THUMBNAIL_WIDTHS = range(16, 513)

# Returns the PNG of an image's title, or a thumbnail of that width as JPEG; None if it does not exist yet.
Picture = Callable[[str, int | None], Awaitable[bytes | None]]


class WorldChange(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a PUT or PATCH."""

    credits: Count | UnsetType = UNSET
    daily_limit: Count | UnsetType = UNSET
    used_today: Count | UnsetType = UNSET
    generation_time: Seconds | UnsetType | None = UNSET
    lock: LockValue | UnsetType = UNSET
    history: PastSize | UnsetType = UNSET
    sandbox: bool | UnsetType = UNSET
    label: Annotated[str, Meta(max_length=80)] | UnsetType = UNSET


class Reset(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a reset: the token of one world, or nothing for all."""

    token: str | UnsetType = UNSET


async def world(service: Service, request: Request) -> Response:
    """Answer GET, PUT (reset, then change), PATCH (change) and DELETE (reset) of one world."""
    caller, token = await resolve_world(service, request)
    change = await _read_change(request) if request.method in ("PUT", "PATCH") else None
    if request.method in ("PUT", "DELETE"):
        await resets.delete(service, caller.world)
    if change:
        await service.change(caller, lambda world, now: (_changed(service, world, now, *change), None))
    return json_response(world_view(token, await service.look(caller)))


async def reset(service: Service, request: Request) -> Response:
    """Answer POST /reset: delete one world or all."""
    token = (await read_json(request, Reset)).token
    if token is UNSET:
        await resets.reset(service)
    else:
        await resets.delete(service, (await resolve_token(service, token)).caller.world)
    return json_response({"worlds": len(await world_names(service))})


async def images(service: Service, request: Request) -> Response:
    """Answer GET /worlds/{token}/images, newest first."""
    caller = (await resolve_world(service, request)).caller
    world = (await service.look(caller)).world
    views = [_image_view(image) for image in world.images]
    return json_response({"images": views, "total": world.made})


async def picture(service: Service, render: Picture, request: Request) -> Response:
    """Answer GET /worlds/{token}/images/{title} with the picture, unaffected by faults and absent from the journal."""
    caller = (await resolve_world(service, request)).caller
    title = unquote(request.path_params["title"])
    width = _width(query(request, "width").get("width"))
    content = await render(title, width) if world_of(title) == caller.world else None
    if content is None:
        raise http_error(404, f"Picture {title[:80]!a} not found in this world; it may not be ready yet.")
    media_type = "image/png" if width is None else "image/jpeg"
    return Response(content, media_type=media_type, headers={"cache-control": "no-cache"})


def _width(asked: str | None) -> int | None:
    """Return the width of the thumbnail that is asked for, None for the picture itself; raise a 422."""
    if asked is None:
        return None
    if not re.fullmatch("[0-9]{1,4}", asked) or int(asked) not in _THUMBNAIL_WIDTHS:
        most = _THUMBNAIL_WIDTHS.stop - 1
        raise http_error(422, f"width takes a number from {_THUMBNAIL_WIDTHS.start} to {most}, not {asked[:20]!a}.")
    return int(asked)


async def world_names(service: Service) -> Sequence[str]:
    """Return the names of the worlds, least recently used first."""
    return [name for name in await service.store.names() if name != SHARED]


def world_view(token: str, seen: Seen) -> dict[str, Any]:
    """Return a world as the control API shows it."""
    world = seen.world
    return {
        "token": token,
        "world": world.name,
        "credits": world.credits,
        "daily_limit": world.daily_limit,
        "used_today": world.used,
        "lock": lock_view(world.lock),
        "clock": {"mode": "real" if world.clock.stopped is None else "frozen", "now": to_iso(seen.now, "milliseconds")},
        "images": world.made,
        "running": len(world.running),
        "generation_time": world.generation_seconds,
        "faults": len(world.faults),
        "sandbox": world.sandbox,
        "label": world.label,
    }


def _image_view(image: Image) -> dict[str, Any]:
    return {
        "id": image.id,
        "title": image.title,
        "prompt": image.prompt,
        "engine": image.engine,
        "mode": image.mode,
        "width": image.width,
        "height": image.height,
        "credits": image.credits,
        "output": image.output,
        "created_at": to_iso(image.created_at, "milliseconds"),
    }


async def _read_change(request: Request) -> tuple[WorldChange, Lock | None]:
    """Return the change, and the lock that it sets."""
    change = await read_json(request, WorldChange)
    try:
        return change, None if change.lock is UNSET else read_lock(change.lock, _CONTROLLER)
    except ValueError as error:
        raise invalid("change", error) from error


def _changed(service: Service, world: World, now: Instant, change: WorldChange, lock: Lock | None) -> World:
    if change.history is not UNSET:
        history = change.history.history
        world = add_history(world, history, service.invent(world.name, history), now, service.behaviour)
    if change.credits is not UNSET:
        world = replace(world, credits=change.credits)
    if change.daily_limit is not UNSET:
        world = replace(world, daily_limit=change.daily_limit)
    if change.used_today is not UNSET:
        world = replace(world, used=change.used_today)
    if change.sandbox is not UNSET:
        world = replace(world, sandbox=change.sandbox)
    if change.label is not UNSET:
        world = replace(world, label=change.label)
    if change.generation_time is not UNSET:
        world = replace(world, generation_seconds=change.generation_time)
    if change.lock is not UNSET:
        world = replace(world, lock=lock)
    return world

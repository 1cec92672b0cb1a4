"""The whole state or one world, exported and imported. A snapshot is validated first: its values break no request."""

import re
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from mock_server.domain.behaviour import Behaviour
from mock_server.domain.clock import DAY, SECOND, Instant, to_iso
from mock_server.domain.world import FaultPlan, Image, Order, World
from mock_server.faults import FaultError, make_fault
from mock_server.faults.plans import MAX_FAULTS
from mock_server.service import Seen, Service, snapshots
from mock_server.service.service import SHARED
from mock_server.service.snapshots import VERSION, Log, Snapshot
from mock_server.stores.protocol import Found

from .http import invalid, json_response, query, read_json, resolve_token
from .worlds import world_view

_MAX_BODY_BYTES = 256 * 2**20
# JavaScript counts exactly up to here, and so does Lua in Valkey.
_MAX_COUNT = 2**53
# The year 9900: what follows from an instant that the clock accepts, and still a year of 4 digits.
_MAX_INSTANT = 250_246_627_200 * SECOND
_NAME = re.compile(r"[0-9a-f]{16}")

# Returns everything that the control API shows of one world's journal.
Report = Callable[[Log], object]


async def snapshot(service: Service, report: Report, request: Request) -> Response:
    """Answer GET and PUT of /snapshot: of the whole state, or of the world of `token`."""
    token = query(request, "token").get("token")
    only = None if token is None else (await resolve_token(service, token)).caller.world
    if request.method != "PUT":
        return json_response(await snapshots.take(service, only))
    sent = await read_json(request, Snapshot, _MAX_BODY_BYTES)
    try:
        validate_snapshot(sent, service.behaviour, report)
        await snapshots.restore(service, sent, only)
    except ValueError as error:
        raise invalid("snapshot", error) from error
    return json_response({"worlds": len(sent.worlds), "taken_at": to_iso(sent.taken_at, "milliseconds")})


class InvalidSnapshotError(ValueError):
    """The snapshot is invalid. The message says where."""


def validate_snapshot(snapshot: Snapshot, behaviour: Behaviour, report: Report) -> None:
    """Raise InvalidSnapshotError if a restored snapshot would make the server fail."""
    if snapshot.version != VERSION:
        raise InvalidSnapshotError(f"it has version {snapshot.version}, and this server takes {VERSION}")
    _check_instant("taken_at", snapshot.taken_at)
    for world in snapshot.worlds:
        _check_part(f"the world {world.name[:40]!a}", _check_world, world, snapshot.taken_at, behaviour)
    for log in snapshot.journal:
        _check_part(f"the journal of {log.world[:40]!a}", _check_log, log, report)


def _check_part(place: str, check: Callable[..., object], *arguments: object) -> None:
    """Run a check; raise its error with the place in front."""
    try:
        check(*arguments)
    except InvalidSnapshotError as error:
        raise InvalidSnapshotError(f"{place}: {error}") from error
    except Exception as error:  # values of the right type can still break any function that computes with them
        raise InvalidSnapshotError(f"{place} cannot be shown: {error}") from error


def _check_world(world: World, taken_at: Instant, behaviour: Behaviour) -> None:
    if world.name != SHARED and not _NAME.fullmatch(world.name):
        raise InvalidSnapshotError("the name of a world has 16 hexadecimal digits")
    for name in ("first_id", "credits", "daily_limit", "used", "made"):
        _check_number(name, getattr(world, name), _MAX_COUNT)
    _check_number("generation_seconds", world.generation_seconds or 0, DAY // SECOND)
    # -1 where the days of 1970 begin later than midnight (daily_reset).
    _check_number("day", world.day, _MAX_INSTANT // DAY, least=-1)
    if world.calls:
        for name in ("in_minute", "in_day"):
            _check_number(name, getattr(world.calls, name), _MAX_COUNT)
    now = world.clock.at(taken_at)
    _check_instant("clock", now)
    if world.lock:
        _check_instants("lock", until=world.lock.until, freed=world.lock.freed)
    for image in world.images:
        # An id is first_id plus the number of the image.
        _check_number("image.id", image.id, 2 * _MAX_COUNT)
        _check_number("image.credits", image.credits, _MAX_COUNT)
        _check_instants("image", created_at=image.created_at, ready=image.ready)
        _check_size(image, behaviour)
    for generation in world.running:
        _check_number("generation.credits", generation.credits, _MAX_COUNT)
        _check_number("generation.allowance", generation.allowance, _MAX_COUNT)
        _check_number("generation.kept", generation.kept, _MAX_COUNT)
        _check_instants("generation", ends=generation.ends, ready=generation.ready)
        _check_number("order.count", generation.order.count, behaviour.max_images, least=1)
        _check_size(generation.order, behaviour)
    _check_number("the number of faults", len(world.faults), MAX_FAULTS)
    for plan in world.faults:
        _check_plan(plan)
    msgspec.json.encode(world_view("", Seen(world, now, Found(world, taken_at))))


def _check_size(sized: Image | Order, behaviour: Behaviour) -> None:
    _check_number("width", sized.width, behaviour.max_pixels, least=1)
    _check_number("height", sized.height, behaviour.max_pixels, least=1)
    _check_number("width x height", sized.width * sized.height, behaviour.max_pixels)


def _check_plan(plan: FaultPlan) -> None:
    try:
        make_fault(plan.fault, plan.parameters)
    except FaultError as error:
        raise InvalidSnapshotError(str(error)) from error
    _check_number("probability", plan.probability, 1)
    for name in ("times", "after", "seen", "applied"):
        _check_number(name, getattr(plan, name) or 0, _MAX_COUNT)


def _check_log(log: Log, report: Report) -> None:
    if log.world and not _NAME.fullmatch(log.world):
        raise InvalidSnapshotError("the name of a world has 16 hexadecimal digits")
    for entry in log.entries:
        if entry.world != log.world:
            raise InvalidSnapshotError(f"the request {entry.id[:40]!a} belongs to {entry.world[:40]!a}")
        _check_instants("request", at=entry.at, ended=entry.ended, ends_at=entry.ends_at, received=entry.received)
    # As the journal stores it, and as the control API shows it.
    msgspec.msgpack.encode(log)
    msgspec.json.encode(report(log))


def _check_instants(place: str, **instants: Instant | None) -> None:
    for name, instant in instants.items():
        if instant is not None:
            _check_instant(f"{place}.{name}", instant)


def _check_instant(name: str, instant: Instant) -> None:
    _check_number(name, instant, _MAX_INSTANT)


def _check_number(name: str, number: float, most: float, least: float = 0) -> None:
    if not least <= number <= most:
        raise InvalidSnapshotError(f"{name} is {number}, and takes {least} to {most}")

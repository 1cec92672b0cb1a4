"""Soundness: whether a snapshot is one that a server with these settings could have given out."""

import re
from collections.abc import Callable

import msgspec

from mock_server.domain.behaviour import Behaviour
from mock_server.domain.clock import DAY, SECOND, Instant
from mock_server.domain.world import FaultPlan, Image, Order, World
from mock_server.faults import FaultError, make_fault
from mock_server.faults.plans import MAX_FAULTS
from mock_server.service import Seen
from mock_server.service.service import SHARED
from mock_server.service.snapshots import VERSION, Log, Snapshot
from mock_server.stores.protocol import Found

from .worlds import view

_NAME = re.compile(r"[0-9a-f]{16}")
_LATEST = 250_246_627_200 * SECOND
_MOST = 2**53

Report = Callable[[Log], object]


class UnsoundError(ValueError):
    """What no server gives out. The message says where it stands."""


def check(snapshot: Snapshot, behaviour: Behaviour, report: Report) -> None:
    """Raise UnsoundError where restoring the snapshot would make a server fail. report: all that is told of a log."""
    if snapshot.version != VERSION:
        raise UnsoundError(f"it has version {snapshot.version}, and this server takes {VERSION}")
    _instant("taken_at", snapshot.taken_at)
    for world in snapshot.worlds:
        _told_of(f"the world {world.name[:40]!a}", _check_world, world, snapshot.taken_at, behaviour)
    for log in snapshot.journal:
        _told_of(f"the journal of {log.world[:40]!a}", _check_log, log, report)


def _told_of(place: str, look: Callable[..., object], *things: object) -> None:
    """Look at things, and name the place where that fails."""
    try:
        look(*things)
    except UnsoundError as error:
        raise UnsoundError(f"{place}: {error}") from error
    except Exception as error:  # whatever comes of values that were never ours
        raise UnsoundError(f"{place} cannot be shown: {error}") from error


def _check_world(world: World, taken_at: Instant, behaviour: Behaviour) -> None:
    if world.name != SHARED and not _NAME.fullmatch(world.name):
        raise UnsoundError("that is no name of a world")
    for name in ("first_id", "credits", "daily_limit", "used", "made"):
        _number(name, getattr(world, name), _MOST)
    _number("generation_seconds", world.generation_seconds or 0, DAY // SECOND)
    _number("day", world.day, _LATEST // DAY, least=-1)
    now = world.clock.at(taken_at)
    _instant("clock", now)
    if world.lock:
        _instants("lock", until=world.lock.until, freed=world.lock.freed)
    for image in world.images:
        _number("image.id", image.id, 2 * _MOST)
        _instants("image", created_at=image.created_at, ready=image.ready)
        _check_size(image, behaviour)
    for generation in world.running:
        _number("generation.credits", generation.credits, _MOST)
        _number("generation.allowance", generation.allowance, _MOST)
        _instants("generation", ends=generation.ends, ready=generation.ready)
        _number("order.count", generation.order.count, behaviour.max_images, least=1)
        _check_size(generation.order, behaviour)
    _number("the number of faults", len(world.faults), MAX_FAULTS)
    for plan in world.faults:
        _check_plan(plan)
    msgspec.json.encode(view("", Seen(world, now, Found(world, taken_at))))


def _check_size(made: Image | Order, behaviour: Behaviour) -> None:
    _number("width", made.width, behaviour.max_pixels, least=1)
    _number("height", made.height, behaviour.max_pixels, least=1)
    _number("width x height", made.width * made.height, behaviour.max_pixels)


def _check_plan(plan: FaultPlan) -> None:
    try:
        make_fault(plan.fault, plan.parameters)
    except FaultError as error:
        raise UnsoundError(str(error)) from error
    _number("probability", plan.probability, 1)
    for name in ("times", "after", "seen", "applied"):
        _number(name, getattr(plan, name) or 0, _MOST)


def _check_log(log: Log, report: Report) -> None:
    if log.world and not _NAME.fullmatch(log.world):
        raise UnsoundError("that is no name of a world")
    for entry in log.entries:
        if entry.world != log.world:
            raise UnsoundError(f"the request {entry.id[:40]!a} is one of {entry.world[:40]!a}")
        _instants("request", at=entry.at, ended=entry.ended, ends_at=entry.ends_at, received=entry.received)
    msgspec.msgpack.encode(log)
    msgspec.json.encode(report(log))


def _instants(place: str, **instants: Instant | None) -> None:
    for name, instant in instants.items():
        if instant is not None:
            _instant(f"{place}.{name}", instant)


def _instant(name: str, instant: Instant) -> None:
    _number(name, instant, _LATEST)


def _number(name: str, number: float, most: float, least: float = 0) -> None:
    if not least <= number <= most:
        raise UnsoundError(f"{name} is {number}, and takes {least} to {most}")

"""Snapshots of the whole state, or of one world. After a restore every world is as it was, its time included."""

import base64
from collections.abc import Iterable, Mapping
from functools import partial

import msgspec
from msgspec.structs import replace

from mock_server.domain.clock import Instant
from mock_server.domain.entry import Entry
from mock_server.domain.world import World
from mock_server.stores.protocol import Tally

from .resets import delete, delete_all
from .service import Service

VERSION = 1


class Log(msgspec.Struct, frozen=True):
    """The journal of one world. counts: operation, status, rule and number of requests."""

    world: str
    entries: tuple[Entry, ...]
    counts: tuple[tuple[str, int, str | None, int], ...]

    @property
    def tally(self) -> Tally:
        """The counts as the journal has them."""
        return {(operation, status, rule): count for operation, status, rule, count in self.counts}


class Snapshot(msgspec.Struct, frozen=True):
    """The state of a server. taken_at: on its own clock; sources: uploads by key, in Base64."""

    version: int
    taken_at: Instant
    worlds: tuple[World, ...] = ()
    journal: tuple[Log, ...] = ()
    sources: Mapping[str, str] = msgspec.field(default_factory=dict)


async def take(service: Service, only: str | None = None) -> Snapshot:
    """Return the whole state, with the least recently used world first. only: the name of the one world to return."""
    names = await service.store.names() if only is None else [only]
    # A world that was only read is not stored, but has a journal.
    writers = dict.fromkeys([*names, *(entry.world for entry in await service.journal.entries(only))])
    logs = [await _log(service, name) for name in writers]
    worlds = [world for name in names if (world := (await service.store.read(name)).world)]
    return Snapshot(
        version=VERSION,
        taken_at=service.clock.now(),
        worlds=tuple(worlds),
        journal=tuple(log for log in logs if log.counts or log.entries),
        sources=await _sources(service, worlds),
    )


async def restore(service: Service, snapshot: Snapshot, only: str | None = None) -> None:
    """Replace the whole state, or the one world with the name `only`. Its running generations end as planned, without
    a client.

    Raise ValueError if a source is not Base64, or the snapshot has another world than `only`, and change nothing.
    """
    sources = {key: _bytes(key, source) for key, source in snapshot.sources.items()}
    if only is None:
        await delete_all(service)
    else:
        _check_only(snapshot, only)
        await delete(service, only)
    for key, source in sources.items():
        await service.sources.put(key, source)
    for world in snapshot.worlds:
        await service.store.update(world.name, partial(_resumed, world, snapshot.taken_at))
    for log in snapshot.journal:
        await service.journal.restore(log.world, log.entries, log.tally)
    service.events.publish("reset", only)


def _check_only(snapshot: Snapshot, name: str) -> None:
    others = {each.name for each in snapshot.worlds} | {log.world for log in snapshot.journal}
    if others - {name}:
        raise ValueError(f"it has more than the world {name}: leave out token to import all of it")


def _bytes(key: str, source: str) -> bytes:
    try:
        return base64.b64decode(source, validate=True)
    except ValueError as error:
        raise ValueError(f"the source {key[:40]!a} is not Base64: {error}") from error


def _resumed(world: World, taken_at: Instant, before: World | None, at: Instant) -> tuple[World, None]:
    """Return the world with its clock set back by the time since, so that it continues where it was."""
    del before
    clock = world.clock
    if clock.stopped is None:
        world = replace(world, clock=replace(clock, ahead=clock.ahead - (at - taken_at)))
    return world, None


async def _log(service: Service, name: str) -> Log:
    tally = await service.journal.tally(name)
    counts = tuple((*key, count) for key, count in tally.items())
    return Log(name, tuple(await service.journal.entries(name)), counts)


async def _sources(service: Service, worlds: Iterable[World]) -> dict[str, str]:
    keys = {image.source for world in worlds for image in world.images}
    keys |= {generation.order.source for world in worlds for generation in world.running}
    found = {key: await service.sources.get(key) for key in sorted(key for key in keys if key)}
    return {key: base64.b64encode(source).decode() for key, source in found.items() if source is not None}

"""Snapshots of the whole state, taken and restored."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from mock_server.domain.clock import SECOND
from mock_server.service import GenerationLostError, snapshots
from mock_server.service.snapshots import Snapshot
from support.clocks import START, settle
from support.entries import entry
from support.services import Desk

OpenDesk = Callable[..., Desk]


def play(desk: Desk, scenario: Callable[[Desk], Awaitable[None]]) -> None:
    async def played() -> None:
        await asyncio.wait_for(scenario(desk), 30)

    asyncio.run(played())


async def full(desk: Desk) -> Snapshot:
    """Return a snapshot with some state of each kind."""
    await desk.service.sources.put("key", b"an upload")
    await desk.generate("one", 3, source="key", forced_seconds=0)
    await desk.freeze("stopped")
    await desk.advance(7, "ahead")
    name = desk.caller("one").world
    await desk.service.journal.append(entry(1, name))
    await desk.service.journal.append(entry(2, ""))
    return await snapshots.take(desk.service)


def test_a_restored_state_equals_the_saved_one(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        taken = await full(desk)
        name = desk.caller("one").world
        await desk.generate("one", 5, forced_seconds=0)
        await desk.generate("new", forced_seconds=0)
        await desk.service.journal.append(entry(3, name))
        await snapshots.restore(desk.service, taken)
        assert await snapshots.take(desk.service) == taken
        assert (await desk.world("one")).credits == 97
        assert (await desk.service.store.read(desk.caller("new").world)).world is None
        assert [each.id for each in await desk.service.journal.entries()] == ["request 1", "request 2"]

    play(open_desk(), scenario)


def test_a_snapshot_restores_its_uploads_on_another_server(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        other = open_desk()
        await snapshots.restore(other.service, await full(desk))
        assert await other.service.sources.get("key") == b"an upload"
        assert (await other.world("one")).images == (await desk.world("one")).images

    play(open_desk(), scenario)


def test_time_continues_in_every_world_from_the_snapshot(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        taken = await full(desk)
        await desk.real.advance(60)
        await snapshots.restore(desk.service, taken)
        found = [await desk.now(token) - START for token in ("one", "stopped", "ahead")]
        assert found == [0, 0, 7 * SECOND]

    play(open_desk(), scenario)


def test_a_generation_in_a_snapshot_ends_as_planned_and_waiting_requests_are_lost(
    open_desk: OpenDesk,
) -> None:
    async def scenario(desk: Desk) -> None:
        task = await desk.begin("one", 3)
        await desk.real.advance(1)
        taken = await snapshots.take(desk.service)
        await snapshots.restore(desk.service, taken)
        await settle()
        with pytest.raises(GenerationLostError):
            task.result()
        await desk.real.advance(1)
        assert (await desk.world("one")).credits == 97

    play(open_desk(), scenario)

"""Clocks that are stopped, set and advanced while requests wait."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace

from mock_server.domain.accounts import Account
from mock_server.domain.clock import DAY, LATEST, SECOND, Instant, to_iso
from mock_server.domain.world import Lock
from mock_server.service import clocks
from mock_server.service.clocks import Edge, NoEdgeError
from support.clocks import START, settle
from support.sandbox import LOCK, MIDNIGHT
from support.services import Desk

OpenDesk = Callable[..., Desk]


def play(desk: Desk, scenario: Callable[[Desk], Awaitable[None]]) -> None:
    async def played() -> None:
        await asyncio.wait_for(scenario(desk), 30)

    asyncio.run(played())


async def ended_at(desk: Desk, token: str = "customer") -> list[Instant]:
    """Return when the images of a world were made, oldest first, in seconds since the start."""
    return [(each.created_at - START) // SECOND for each in reversed((await desk.world(token)).images)]


def test_a_frozen_clock_stops_and_continues_from_there(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze()
        await desk.real.advance(60)
        assert await desk.now() == START
        await desk.resume()
        await desk.real.advance(5)
        assert await desk.now() == START + 5 * SECOND

    play(open_desk(), scenario)


def test_each_world_has_its_own_clock(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze("one")
        await desk.advance(100, "one")
        await desk.real.advance(7)
        assert [await desk.now(token) - START for token in ("one", "other")] == [100 * SECOND, 7 * SECOND]

    play(open_desk(), scenario)


@pytest.mark.parametrize("frozen", [True, False])
def test_advancing_adds_that_many_seconds(open_desk: OpenDesk, frozen: bool) -> None:
    async def scenario(desk: Desk) -> None:
        if frozen:
            await desk.freeze()
        await desk.advance(2.5)
        await desk.advance(1)
        assert await desk.now() == START + 3_500_000

    play(open_desk(), scenario)


@pytest.mark.parametrize("frozen", [True, False])
def test_a_clock_is_set_forwards_and_backwards(open_desk: OpenDesk, frozen: bool) -> None:
    async def scenario(desk: Desk) -> None:
        if frozen:
            await desk.freeze()
        for instant in (START + DAY, START - DAY, START, START):
            await desk.set_to(instant)
            assert await desk.now() == instant
        assert ((await desk.timepiece()).stopped is not None) == frozen

    play(open_desk(), scenario)


def test_advancing_to_an_instant_that_has_passed_moves_nothing(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze()
        await clocks.advance(desk.service, desk.caller(), START - SECOND)
        assert await desk.now() == START

    play(open_desk(), scenario)


@pytest.mark.parametrize("instant", [-1, LATEST])
def test_a_clock_is_not_moved_out_of_range(open_desk: OpenDesk, instant: Instant) -> None:
    async def scenario(desk: Desk) -> None:
        for move in (clocks.advance, clocks.set_to):
            with pytest.raises(ValueError, match="before 1970 or after 8999"):
                await move(desk.service, desk.caller(), instant)
        with pytest.raises(ValueError, match="before 1970 or after 8999"):
            await clocks.advance_by(desk.service, desk.caller(), instant - START)
        assert await desk.now() == START

    play(open_desk(), scenario)


def test_advancing_returns_after_all_due_events(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze()
        task = await desk.begin(count=3)
        await desk.advance(2 - 1e-6)
        assert not task.done()
        await desk.advance(1e-6)
        assert isinstance(task.result(), tuple)
        assert (await desk.world()).credits == 97

    play(open_desk(), scenario)


def test_a_due_event_happens_at_its_own_instant(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze()
        task = await desk.begin()
        await desk.advance(86_400)
        assert task.done()
        assert await ended_at(desk) == [2]
        assert await desk.now() == START + DAY

    play(open_desk(), scenario)


@pytest.mark.parametrize("steps", range(8))
def test_the_clock_does_not_move_before_a_running_request_waits(open_desk: OpenDesk, steps: int) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze()
        task = asyncio.ensure_future(desk.generate())
        for _ in range(1 + steps):
            await asyncio.sleep(0)
        await desk.advance(60)
        assert task.done()
        assert await ended_at(desk) == [2]

    play(open_desk(), scenario)


def test_due_requests_are_answered_in_order(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        order: list[str] = []
        await desk.freeze()
        for label, lasts in (("slow", 14), ("second", 12), ("third", 13)):
            await desk.change(lock=None)
            task = await desk.begin(forced_seconds=lasts)
            task.add_done_callback(lambda _, label=label: order.append(label))  # type: ignore[misc]
        await desk.advance(60)
        await settle()
        assert order == ["second", "third", "slow"]
        assert await ended_at(desk) == [12, 13, 14]

    play(open_desk(), scenario)


def test_one_advance_completes_a_request_that_waits_more_than_once(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        async def delayed() -> None:
            with desk.service.scheduler.in_progress(desk.caller().world):
                for after in (3, 5):
                    await desk.service.wait(desk.caller(), START + after * SECOND)
            await desk.generate()

        await desk.freeze()
        first, working = await desk.begin(), asyncio.ensure_future(delayed())
        await settle()
        await desk.advance(5)
        assert first.done()
        await settle()
        await desk.advance(60)
        assert working.done()
        assert await ended_at(desk) == [2, 7]

    play(open_desk(), scenario)


def test_an_advance_past_midnight_changes_the_day(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze()
        await desk.set_to(MIDNIGHT - SECOND)
        await desk.change(used=49)
        task = await desk.begin()
        await desk.advance(60)
        assert isinstance(task.result(), tuple)
        assert (await desk.world()).used == 1

    play(open_desk(), scenario)


def test_a_wait_takes_longer_by_the_time_that_the_clock_was_stopped(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        task = await desk.begin()
        await desk.real.advance(1)
        await desk.freeze()
        await desk.real.advance(60)
        await settle()
        assert not task.done()
        await desk.resume()
        await settle()
        await desk.real.advance(1 - 1e-6)
        assert not task.done()
        await desk.real.advance(1e-6)
        await settle()
        assert isinstance(task.result(), tuple)
        assert await ended_at(desk) == [2]

    play(open_desk(), scenario)


def test_a_running_clock_that_is_advanced_ends_a_wait_sooner(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        task = await desk.begin()
        await desk.advance(1.5)
        await desk.real.advance(0.5 - 1e-6)
        assert not task.done()
        await desk.real.advance(1e-6)
        await settle()
        assert task.done()

    play(open_desk(), scenario)


def test_a_wait_takes_longer_when_the_clock_is_set_back(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze()
        task = await desk.begin()
        await desk.set_to(START - 10 * SECOND)
        await desk.advance(12 - 1e-6)
        assert not task.done()
        await desk.advance(1e-6)
        assert task.done()

    play(open_desk(), scenario)


@pytest.mark.parametrize("scope", ["account", "global"])
def test_setting_a_clock_back_undoes_nothing_that_has_happened(open_desk: OpenDesk, scope: str) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze()
        task = await desk.begin(count=2)
        await desk.advance(3)
        before = await desk.world()
        await desk.set_to(START)
        assert task.done()
        assert replace(await desk.world(), clock=before.clock) == before
        await desk.advance(60)
        assert (await desk.world()).credits == 98

    play(open_desk(lock_scope=scope), scenario)


def test_simultaneous_advances_add_up(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze()
        task = await desk.begin(forced_seconds=7)
        await asyncio.gather(*(desk.advance(5) for _ in range(3)))
        assert await desk.now() == START + 15 * SECOND
        assert task.done()
        assert await ended_at(desk) == [7]

    play(open_desk(), scenario)


def test_setting_a_clock_waits_for_an_advance_of_it(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze()
        task = await desk.begin()
        await asyncio.gather(desk.advance(60), desk.set_to(START - SECOND), desk.freeze(), desk.resume())
        assert task.done()
        assert await ended_at(desk) == [2]
        assert await desk.now() == START - SECOND
        assert (await desk.timepiece()).stopped is None

    play(open_desk(), scenario)


def test_a_client_that_disconnects_while_the_clock_is_moved_does_not_delay_it(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze()
        gone = await desk.begin()
        moving = asyncio.ensure_future(desk.advance(60))
        gone.cancel()
        await moving
        await asyncio.wait([gone])
        assert await desk.now() == START + 60 * SECOND

    play(open_desk(), scenario)


@pytest.mark.parametrize(
    ("name", "instant"),
    [("lock-expiry", START + LOCK), ("generation-end", START + 2 * SECOND), ("day-reset", MIDNIGHT)],
)
def test_an_edge_is_the_next_instant_of_its_kind(open_desk: OpenDesk, name: Edge, instant: Instant) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze()
        task = await desk.begin()
        assert await clocks.edge(desk.service, desk.caller(), name) == instant
        task.cancel()

    play(open_desk(), scenario)


@pytest.mark.parametrize(
    ("name", "lock", "why"),
    [
        ("lock-expiry", None, "the lock is free"),
        ("lock-expiry", Lock("another generation", None), "the lock is held forever"),
        ("generation-end", None, "no generation is running"),
    ],
)
def test_a_missing_edge_is_refused_with_a_reason(open_desk: OpenDesk, name: Edge, lock: Lock | None, why: str) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.change(lock=lock)
        with pytest.raises(NoEdgeError, match=why):
            await clocks.edge(desk.service, desk.caller(), name)

    play(open_desk(), scenario)


def test_an_account_can_start_with_a_stopped_clock(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        assert to_iso(await desk.now("evening")) == "2026-02-26T23:59:58Z"
        assert (await desk.world("evening")).used == 49
        task = await desk.begin("evening")
        await desk.real.advance(60)
        assert not task.done()
        await desk.advance(2, "evening")
        assert task.done()
        assert (await desk.world("evening")).used == 1

    evening = Account(100, 50, used_today=49, stopped_at=MIDNIGHT - 2 * SECOND)
    play(open_desk(listed={"evening": evening}), scenario)

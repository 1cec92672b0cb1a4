"""The service, with one caller at a time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace

from mock_server.domain.accounts import Account, world_name
from mock_server.domain.clock import SECOND, Instant
from mock_server.domain.world import FaultPlan, Lock, World
from mock_server.service.service import SHARED, FoundImage
from support.clocks import START, settle
from support.services import Desk

OpenDesk = Callable[..., Desk]
SLOW = FaultPlan("slow", ("generateImage",), times=1)
PAUSE = 5.0


def play(desk: Desk, scenario: Callable[[Desk], Awaitable[None]]) -> None:
    async def played() -> None:
        await asyncio.wait_for(scenario(desk), 30)

    asyncio.run(played())


def test_a_caller_has_a_world_an_account_and_a_masked_token(open_desk: OpenDesk) -> None:
    desk = open_desk()
    caller = desk.service.caller("slow")
    assert caller is not None
    assert (caller.world, caller.account.generation_seconds, caller.token) == (world_name("slow"), 12, "s***")


def test_an_invalid_token_has_no_caller(open_desk: OpenDesk) -> None:
    assert open_desk().service.caller("invalid") is None


def test_reading_a_world_stores_nothing(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        assert (await desk.world()).credits == 100
        seen = await desk.service.look(desk.caller())
        assert (seen.now, await desk.service.select_faults(desk.caller(), "generateImage", seen)) == (START, ())
        assert await desk.service.store.count() == 0

    play(open_desk(), scenario)


def test_a_change_gets_the_current_world_and_its_time_and_returns_its_outcome(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.set_to(START + 60 * SECOND)
        await desk.change(lock=Lock("another generation", START + 61 * SECOND))
        await desk.real.advance(1)
        seen: list[tuple[Lock | None, Instant]] = []

        def change(world: World, now: Instant) -> tuple[World, str]:
            seen.append((world.lock, now))
            return replace(world, credits=7), "the outcome"

        assert await desk.service.change(desk.caller(), change) == "the outcome"
        assert seen[-1] == (None, START + 61 * SECOND)
        assert (await desk.world()).credits == 7

    play(open_desk(), scenario)


def test_a_world_stores_only_the_masked_token(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.change("a token that is secret")
        stored = (await desk.service.store.read(world_name("a token that is secret"))).world
        assert stored is not None
        assert stored.token == "a to***"
        assert "secret" not in repr(stored)

    play(open_desk(), scenario)


async def selected_faults(desk: Desk, operation: str, token: str = "customer") -> list[str]:
    caller = desk.caller(token)
    selected = await desk.service.select_faults(caller, operation, await desk.service.look(caller))
    return [each.fault for each in selected]


def test_selecting_faults_counts_the_request(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.change(faults=(SLOW,))
        results = [
            await selected_faults(desk, operation) for operation in ("getVersions", "generateImage", "generateImage")
        ]
        assert results == [[], ["slow"], []]
        assert (await desk.world()).faults == (replace(SLOW, seen=2, applied=1),)

    play(open_desk(), scenario)


def test_the_faults_of_an_account_are_active_at_the_first_request(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        assert [await selected_faults(desk, "generateImage", "faulty") for _ in range(2)] == [["slow"], []]

    play(open_desk(listed={"faulty": Account(100, 50, faults=(SLOW,))}), scenario)


def test_a_picture_is_found_by_its_title_with_its_owner(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        made = await desk.generate("one", 2, forced_seconds=0)
        assert isinstance(made, tuple)
        for image in made:
            assert await desk.service.image(image.title) == FoundImage(desk.caller_like("one"), image, ready=True)
        for title in ("fox.png", f"fox-{world_name('one')}9.png", f"fox-{world_name('other')}0.png", ""):
            assert await desk.service.image(title) is None

    play(open_desk(), scenario)


def test_a_picture_exists_when_its_generation_ends_even_if_its_world_was_not_read(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.generate(awaited=False)
        title = f"fox-{world_name('customer')}0.png"
        await desk.real.advance(2 - 1e-6)
        assert await desk.service.image(title) is None
        await desk.real.advance(1e-6)
        assert await desk.service.image(title) is not None

    play(open_desk(), scenario)


@pytest.mark.parametrize("scope", ["account", "global"])
def test_a_request_waits_for_the_clock_of_its_scope(open_desk: OpenDesk, scope: str) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze("one")
        world = world_name("other")
        assert desk.service.clock_of(world) == (SHARED if scope == "global" else world)
        waiting = await desk.wait("other", START + 5 * SECOND)
        await desk.real.advance(5)
        await settle()
        assert waiting.done() == (scope == "account")
        await desk.advance(5, "one")
        assert waiting.done()

    play(open_desk(lock_scope=scope), scenario)


@pytest.mark.parametrize("stopped_at", [START - 9 * SECOND, START + 9 * SECOND])
def test_a_request_in_a_world_that_is_not_stored_waits_for_the_clock_of_its_account(
    open_desk: OpenDesk, stopped_at: Instant
) -> None:
    async def scenario(desk: Desk) -> None:
        waiting = await desk.wait("stopped", stopped_at + SECOND)
        await desk.real.advance(60)
        assert not waiting.done()
        await desk.advance(1, "stopped")
        assert waiting.done()

    play(open_desk(listed={"stopped": Account(1, 1, stopped_at=stopped_at)}), scenario)


def test_a_change_publishes_an_event(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.change("one")
        events = desk.service.events.listen(PAUSE)
        assert await anext(events) is None
        received = asyncio.ensure_future(anext(events))
        await settle()
        await desk.change("other")
        event = await received
        assert event is not None
        assert (event["type"], event["world"]) == ("world", world_name("other"))
        await events.aclose()

    play(open_desk(), scenario)

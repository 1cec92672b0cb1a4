"""Waits of seconds, hours or a night, in virtual time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from mock_server.app import create_app
from support.account import Account
from support.clocks import JumpingClock
from support.mock import behaviour, settings

Scene = Callable[[Account], Coroutine[Any, Any, None]]
MIDNIGHT = "2026-02-27T00:00:00.000Z"


def run(scene: Scene, **behaves: object) -> None:
    app = create_app(settings(behaves=behaviour(**behaves), generation_seconds=2), JumpingClock())

    async def played() -> None:
        account = Account(app)
        await account.begin()
        await scene(account)

    asyncio.run(played())


def test_a_lock_that_is_not_released_expires_after_ten_seconds() -> None:
    async def scene(account: Account) -> None:
        await account.fault("stuck-lock", times=1)
        first = await account.start_generating()
        await account.clock(advance_to="generation-end")
        assert (await first).status == 200
        await account.clock(advance_to="lock-expiry", offset_ms=-1)
        assert (await account.get("check-availability")).status == 409
        assert (await account.generate()).status == 409
        await account.clock(advance=0.001)
        assert (await account.get("check-availability")).status == 200

    run(scene)


def test_the_daily_limit_resets_at_midnight() -> None:
    async def scene(account: Account) -> None:
        await account.begin(used_today=50, generation_time=0)
        assert (await account.generate()).status == 429
        assert (await account.clock(advance_to="day-reset", offset_ms=-1))["now"] == "2026-02-26T23:59:59.999Z"
        assert (await account.generate()).status == 429
        assert (await account.clock(advance_to="day-reset"))["now"] == MIDNIGHT
        assert (await account.generate()).status == 200
        assert (await account.control("GET"))["used_today"] == 1

    run(scene)


def test_the_day_begins_at_the_configured_time() -> None:
    async def scene(account: Account) -> None:
        assert (await account.clock(advance_to="day-reset"))["now"] == "2026-02-27T06:30:00.000Z"

    run(scene, daily_reset="06:30")


def test_another_generation_begins_when_the_lock_of_a_slow_one_expires() -> None:
    async def scene(account: Account) -> None:
        first = await account.start_generating(x_mock_fault="slow-generation;seconds=12")
        assert (await account.generate()).status == 409
        await account.clock(advance=10)
        second = await account.start_generating(2)
        await account.clock(advance_to="generation-end", offset_ms=-1)
        assert not first.done()
        await account.clock(advance=0.001)
        assert first.done()
        assert second.done()
        newest = [image["created_at"] for image in (await account.get("recent-images")).body]
        assert newest == ["2026-02-26T12:00:12Z"] * 3
        assert (await account.control("GET"))["credits"] == 97

    run(scene)


def test_due_events_happen_in_order_in_one_long_advance() -> None:
    async def scene(account: Account) -> None:
        late = asyncio.create_task(account.generate(1, "second", x_mock_fault="delay;seconds=5"))
        first = await account.start_generating()
        await account.clock(advance=60)
        assert first.done()
        assert late.done()
        stamps = [(image["input"], image["created_at"]) for image in (await account.get("recent-images")).body]
        assert stamps == [("second", "2026-02-26T12:00:07Z"), ("a fox", "2026-02-26T12:00:02Z")]

    run(scene)


def test_a_clock_that_runs_again_continues_from_its_frozen_time() -> None:
    async def scene(account: Account) -> None:
        first = await account.start_generating()
        await account.clock(freeze=False)
        assert (await first).status == 200
        assert (await account.control("GET", "/clock"))["now"] == "2026-02-26T12:00:02.000Z"

    run(scene)


def test_a_generation_ends_when_its_world_is_reset() -> None:
    async def scene(account: Account) -> None:
        running = await account.start_generating()
        await account.control("DELETE")
        answer = await running
        assert (answer.status, answer.body) == (503, {"message": "The world was reset while this generation ran."})
        assert (await account.control("GET"))["credits"] == 100
        await account.control("PUT", body={"credits": 100})
        assert await account.requests() == []

    run(scene)


@pytest.mark.parametrize("edge", ["lock-expiry", "generation-end"])
def test_a_missing_edge_is_a_409_and_moves_nothing(edge: str) -> None:
    async def scene(account: Account) -> None:
        with pytest.raises(AssertionError, match=f"There is no {edge}: "):
            await account.clock(advance_to=edge)
        assert (await account.control("GET", "/clock"))["now"] == "2026-02-26T12:00:00.000Z"

    run(scene)

"""Guarantees of every store. conftest.py lists the stores."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

import pytest
from msgspec.structs import replace

from mock_server.domain.clock import DAY, Instant
from mock_server.domain.generation import GenerationRequest, begin
from mock_server.domain.timepiece import Timepiece
from mock_server.domain.world import FaultPlan, Generation, Image, Lock, Order, World
from mock_server.stores import Store
from support.clocks import START
from support.sandbox import BEHAVIOUR

T = TypeVar("T")
OpenStore = Callable[[int], AbstractAsyncContextManager[Store]]

ORDER = Order("stablediffusion", "a fox, 狐狸", 2, 640, 480, "upscale", source="key of an upload", folder="https://x/")
FULL = World(
    name="full",
    first_id=2**31 - 10_000,
    credits=2**40,
    daily_limit=50,
    token="dem***",
    day=START // DAY,
    used=7,
    lock=Lock("another client", START + 1, START + 2),
    running=(Generation("one", ORDER, 2, 2, START + 2, START + 3, "The engine is down."),),
    images=(
        Image(5, "one", "a-fox.png", "dall-e", "a fox", 64, 64, "hd", None, "uploads/a-fox.png", START, START + 1),
    ),
    made=1,
    generation_seconds=0.25,
    clock=Timepiece(-5, START),
    faults=(FaultPlan("slow", ("generateImage",), {"seconds": 2.5, "codes": [500]}, 3, 1, 0.5, 7, 2),),
)


def run(open_store: OpenStore, scenario: Callable[[Store], Awaitable[T]], capacity: int = 1000) -> T:
    async def opened() -> T:
        async with open_store(capacity) as store:
            return await scenario(store)

    return asyncio.run(opened())


def fresh(name: str) -> World:
    return World(name=name, first_id=1, credits=1000, daily_limit=1000)


async def put(store: Store, name: str) -> None:
    await store.update(name, lambda world, _: (world or fresh(name), None))


def count_up(world: World | None, at: Instant) -> tuple[World, int]:
    world = world or fresh("counted")
    return replace(world, made=world.made + 1), world.made


def test_a_missing_world_is_none(open_store: OpenStore) -> None:
    async def scenario(store: Store) -> tuple[World | None, int]:
        return (await store.read("missing")).world, await store.count()

    assert run(open_store, scenario) == (None, 0)


def test_the_first_update_gets_none_and_creates_the_world(open_store: OpenStore) -> None:
    seen: list[World | None] = []

    def change(world: World | None, at: Instant) -> tuple[World, None]:
        seen.append(world)
        return fresh("one"), None

    async def scenario(store: Store) -> World | None:
        await store.update("one", change)
        return (await store.read("one")).world

    assert run(open_store, scenario) == fresh("one")
    assert seen[-1] is None


def test_an_update_gets_the_result_of_the_last_one(open_store: OpenStore) -> None:
    async def scenario(store: Store) -> list[int]:
        return [await store.update("one", count_up) for _ in range(3)]

    assert run(open_store, scenario) == [0, 1, 2]


def test_an_update_returns_the_outcome_of_the_change(open_store: OpenStore) -> None:
    outcome = object()

    async def scenario(store: Store) -> object:
        return await store.update("one", lambda *_: (fresh("one"), outcome))

    assert run(open_store, scenario) is outcome


def test_a_world_is_returned_unchanged(open_store: OpenStore) -> None:
    async def scenario(store: Store) -> World | None:
        await store.update("full", lambda *_: (FULL, None))
        return (await store.read("full")).world

    assert run(open_store, scenario) == FULL


def test_worlds_are_independent(open_store: OpenStore) -> None:
    async def scenario(store: Store) -> tuple[World | None, World | None]:
        await put(store, "one")
        await put(store, "other")
        await store.update("one", count_up)
        return (await store.read("one")).world, (await store.read("other")).world

    assert run(open_store, scenario) == (replace(fresh("one"), made=1), fresh("other"))


def test_reading_creates_no_world(open_store: OpenStore) -> None:
    async def scenario(store: Store) -> int:
        await put(store, "one")
        await store.read("other")
        return await store.count()

    assert run(open_store, scenario) == 1


def test_a_deleted_world_is_none(open_store: OpenStore) -> None:
    async def scenario(store: Store) -> tuple[World | None, int, int]:
        await put(store, "one")
        await put(store, "other")
        await store.delete("one")
        return (await store.read("one")).world, await store.count(), await store.update("one", count_up)

    assert run(open_store, scenario) == (None, 1, 0)


def test_deleting_a_missing_world_changes_nothing(open_store: OpenStore) -> None:
    async def scenario(store: Store) -> list[str]:
        await put(store, "one")
        await store.delete("other")
        return list(await store.names())

    assert run(open_store, scenario) == ["one"]


def test_the_names_of_all_worlds_are_least_recently_used_first(open_store: OpenStore) -> None:
    async def scenario(store: Store) -> tuple[list[str], list[str]]:
        none = list(await store.names())
        for name in ("one", "two", "three", "four"):
            await put(store, name)
        await store.read("one")
        await put(store, "two")
        await store.delete("four")
        return none, list(await store.names())

    assert run(open_store, scenario) == ([], ["three", "one", "two"])


def test_each_world_is_counted_once(open_store: OpenStore) -> None:
    async def scenario(store: Store) -> int:
        for name in ("one", "other", "one"):
            await put(store, name)
        return await store.count()

    assert run(open_store, scenario) == 2


def test_concurrent_updates_are_not_lost(open_store: OpenStore) -> None:
    async def worker(store: Store) -> list[int]:
        seen = []
        for _ in range(5):
            seen.append(await store.update("one", count_up))
            await asyncio.sleep(0)
        return seen

    async def scenario(store: Store) -> tuple[list[int], World | None]:
        seen = await asyncio.gather(*(worker(store) for _ in range(40)))
        return sorted(number for each in seen for number in each), (await store.read("one")).world

    numbers, world = run(open_store, scenario)
    assert numbers == list(range(200))
    assert world is not None
    assert world.made == 200


def test_one_of_many_simultaneous_updates_acquires_the_lock(open_store: OpenStore) -> None:
    async def ask(store: Store, name: str) -> object:
        await asyncio.sleep(0)
        start = GenerationRequest(name, ORDER, seconds=2)
        return await store.update("one", lambda world, _: begin(world or fresh("one"), start, START, BEHAVIOUR))

    async def scenario(store: Store) -> list[object]:
        return await asyncio.gather(*(ask(store, f"generation {number}") for number in range(50)))

    begun = [outcome for outcome in run(open_store, scenario) if isinstance(outcome, Generation)]
    assert len(begun) == 1


def test_a_change_that_fails_changes_nothing(open_store: OpenStore) -> None:
    def broken(world: World | None, at: Instant) -> tuple[World, None]:
        raise LookupError("on purpose")

    async def scenario(store: Store) -> tuple[World | None, World | None, int]:
        await put(store, "one")
        for name in ("one", "other"):
            with pytest.raises(LookupError, match="on purpose"):
                await store.update(name, broken)
        return (await store.read("one")).world, (await store.read("other")).world, await store.count()

    assert run(open_store, scenario) == (fresh("one"), None, 1)


def test_a_store_continues_after_a_change_that_failed(open_store: OpenStore) -> None:
    def broken(world: World | None, at: Instant) -> tuple[World, None]:
        raise LookupError("on purpose")

    async def scenario(store: Store) -> int:
        with pytest.raises(LookupError):
            await store.update("one", broken)
        return await store.update("one", count_up)

    assert run(open_store, scenario) == 0


def test_a_full_store_evicts_the_least_recently_used_world(open_store: OpenStore) -> None:
    async def scenario(store: Store) -> tuple[list[bool], int]:
        for name in ("read", "updated", "unused"):
            await put(store, name)
        await store.read("read")
        await put(store, "updated")
        await put(store, "new")
        names = ("read", "updated", "unused", "new")
        return [(await store.read(name)).world is not None for name in names], await store.count()

    assert run(open_store, scenario, capacity=3) == ([True, True, False, True], 3)


def test_evicting_a_world_is_logged(open_store: OpenStore, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(store: Store) -> None:
        for number in range(3):
            await put(store, f"world-{number}-with-a-long-name")

    with caplog.at_level(logging.WARNING, "aiimage_mock.stores"):
        run(open_store, scenario, capacity=2)
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [
        ("WARNING", "No room for more than 2 worlds: evicted world-0-, the least recently used (1 so far).")
    ]


def test_nothing_is_logged_while_there_is_room(open_store: OpenStore, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(store: Store) -> int:
        for name in ("one", "other", "one", "other"):
            await put(store, name)
        return await store.count()

    assert run(open_store, scenario, capacity=2) == 2
    assert caplog.records == []

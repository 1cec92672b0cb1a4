"""Guarantees of the store in memory beyond those of every store."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from itertools import chain

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mock_server.domain.entry import Entry
from mock_server.domain.world import Image, World
from mock_server.stores import MemoryJournal, MemoryStore
from support.clocks import START, SteppedClock
from support.entries import entry
from support.sandbox import fresh_world

ROOM = 20_000


def full(images: int, prompt: str = "a fox") -> World:
    """Return a world with `images` images."""
    image = Image(5, "one", "fox.png", "dall-e", prompt, 64, 64, "hd", None, "uploads/fox.png", START, START)
    return fresh_world(images=(image,) * images)


def run(scenario: Callable[[MemoryStore], Awaitable[None]], **limits: int) -> list[str]:
    """Return the names of the worlds that a store evicts."""
    evicted: list[str] = []
    asyncio.run(scenario(MemoryStore(SteppedClock(), **limits, on_evict=evicted.append)))  # type: ignore[arg-type]
    return evicted


async def put(store: MemoryStore, name: str, world: World) -> None:
    await store.update(name, lambda *_: (replace(world, name=name), None))


def test_on_evict_receives_the_evicted_worlds() -> None:
    async def scenario(store: MemoryStore) -> None:
        for number in range(5):
            await put(store, f"world {number}", fresh_world())

    assert run(scenario, capacity=3) == ["world 0", "world 1"]


def test_on_evict_does_not_receive_deleted_worlds() -> None:
    async def scenario(store: MemoryStore) -> None:
        await put(store, "one", fresh_world())
        await store.delete("one")
        await put(store, "other", fresh_world())

    assert run(scenario, capacity=1) == []


def test_worlds_are_evicted_when_their_total_weight_is_too_large() -> None:
    async def scenario(store: MemoryStore) -> None:
        for number in range(4):
            await put(store, f"world {number}", full(9))

    assert run(scenario, max_bytes=ROOM) == ["world 0", "world 1"]


def test_a_world_that_grows_evicts_others() -> None:
    async def scenario(store: MemoryStore) -> None:
        for number in range(4):
            await put(store, f"world {number}", fresh_world())
        assert await store.count() == 4
        await put(store, "world 3", full(24))

    assert run(scenario, max_bytes=ROOM) == ["world 0", "world 1", "world 2"]


def test_a_world_that_shrinks_or_is_deleted_makes_room() -> None:
    async def scenario(store: MemoryStore) -> None:
        for _ in range(5):
            await put(store, "one", full(20))
            await put(store, "one", fresh_world())
            await put(store, "other", full(20))
            await store.delete("other")
        assert list(await store.names()) == ["one"]

    assert run(scenario, max_bytes=ROOM) == []


def test_long_prompts_weigh_more() -> None:
    async def scenario(store: MemoryStore) -> None:
        await put(store, "one", fresh_world())
        await put(store, "other", full(3, prompt="a fox " * 600))

    assert run(scenario, max_bytes=ROOM) == ["one"]


@pytest.mark.parametrize("limits", [{"max_bytes": 1}, {"capacity": 0}, {"capacity": 1}])
def test_the_current_world_is_kept_even_if_it_exceeds_the_limits(limits: dict[str, int]) -> None:
    async def scenario(store: MemoryStore) -> None:
        await put(store, "one", full(50))
        await put(store, "other", full(50))
        assert (await store.read("other")).world == replace(full(50), name="other")

    assert run(scenario, **limits) == ["one"]


def test_an_eviction_is_logged_with_the_number_of_worlds_that_fit(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario(store: MemoryStore) -> None:
        for number in range(3):
            await put(store, f"world {number}", full(9))

    with caplog.at_level(logging.WARNING, "aiimage_mock.stores"):
        run(scenario, max_bytes=ROOM)
    assert [each.getMessage() for each in caplog.records] == [
        "No room for more than 2 worlds: evicted world 0, the least recently used (1 so far)."
    ]


def test_a_flood_of_worlds_does_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(store: MemoryStore) -> None:
        for number in range(1_000):
            await put(store, f"world {number}", full(9))

    with caplog.at_level(logging.WARNING, "aiimage_mock.stores"):
        run(scenario, max_bytes=ROOM)
    assert [each.getMessage().rpartition("(")[2] for each in caplog.records] == [
        f"{2**power} so far)." for power in range(10)
    ]


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 30) | st.none()), max_size=25))
def test_the_weight_of_a_store_does_not_depend_on_evicted_worlds(steps: list[tuple[str, int | None]]) -> None:
    # After any history, two worlds of 9 images fit, and three do not.
    async def scenario(store: MemoryStore) -> None:
        for name, images in steps:
            if images is None:
                await store.delete(name)
            else:
                await put(store, name, full(images))
        for name in ("x", "y", "z"):
            await put(store, name, full(9))
        assert list(await store.names()) == ["y", "z"]

    run(scenario, max_bytes=ROOM)


def test_the_journal_evicts_a_world_with_the_store() -> None:
    async def scenario() -> list[str]:
        journal = MemoryJournal()
        store = MemoryStore(SteppedClock(), 1, on_evict=journal.evict)
        for number, name in enumerate(("one", "other")):
            await journal.append(entry(number, name))
            await put(store, name, fresh_world())
        assert await journal.tally("one") == {}
        return [each.world for each in await journal.entries()]

    assert asyncio.run(scenario()) == ["other"]


def test_a_journal_of_too_many_worlds_evicts_the_least_recently_used() -> None:
    async def scenario() -> tuple[list[str], list[int]]:
        journal = MemoryJournal(max_worlds=2)
        for number, world in enumerate(["one", "two", "one", "three"]):
            await journal.append(entry(number, world))
        tallies = [await journal.tally(world) for world in ("one", "two", "three")]
        return [each.world for each in await journal.entries()], [len(each) for each in tallies]

    assert asyncio.run(scenario()) == (["one", "one", "three"], [1, 0, 1])


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3000)), max_size=30),
    st.integers(1, 4),
)
def test_a_journal_evicts_only_the_oldest_entries_and_only_when_full(
    rows: list[tuple[str, int]], capacity: int
) -> None:
    def size(one: Entry) -> int:
        return len(msgspec.msgpack.encode(one))

    async def scenario() -> None:
        journal = MemoryJournal(capacity, 8000)
        kept: dict[str, list[Entry]] = {}
        for number, (world, length) in enumerate(rows):
            new = entry(number, world, reply="x" * length)
            kept[world] = [*kept.pop(world, []), new][-capacity:]
            while sum(map(size, chain(*kept.values()))) > 8000:
                idle = next(name for name, entries in kept.items() if entries)
                kept[idle] = kept[idle][1:]
            await journal.append(new)
        assert {world: list(await journal.entries(world)) for world in kept} == kept

    asyncio.run(scenario())

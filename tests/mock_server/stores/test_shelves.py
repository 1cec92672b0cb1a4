"""Guarantees of every shelf. conftest.py lists the shelves."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from mock_server.stores import MemoryShelf, Shelf

T = TypeVar("T")
OpenShelf = Callable[[int], AbstractAsyncContextManager[Shelf[bytes]]]


def run(open_shelf: OpenShelf, scenario: Callable[[Shelf[bytes]], Awaitable[T]], capacity: int = 1000) -> T:
    async def opened() -> T:
        async with open_shelf(capacity) as shelf:
            return await scenario(shelf)

    return asyncio.run(opened())


async def stored(shelf: Shelf[bytes], *keys: str) -> list[str]:
    return [key for key in keys if await shelf.get(key) is not None]


def test_a_missing_value_is_none(open_shelf: OpenShelf) -> None:
    async def scenario(shelf: Shelf[bytes]) -> bytes | None:
        return await shelf.get("nothing")

    assert run(open_shelf, scenario) is None


def test_a_value_is_returned_unchanged(open_shelf: OpenShelf) -> None:
    async def scenario(shelf: Shelf[bytes]) -> list[bytes | None]:
        await shelf.put("one", b"\x00\xff")
        await shelf.put("empty", b"")
        return [await shelf.get("one"), await shelf.get("empty")]

    assert run(open_shelf, scenario) == [b"\x00\xff", b""]


def test_the_last_value_of_a_key_is_kept(open_shelf: OpenShelf) -> None:
    async def scenario(shelf: Shelf[bytes]) -> bytes | None:
        await shelf.put("one", b"first")
        await shelf.put("one", b"last")
        return await shelf.get("one")

    assert run(open_shelf, scenario) == b"last"


def test_a_shelf_can_be_filled_to_the_last_byte(open_shelf: OpenShelf) -> None:
    async def scenario(shelf: Shelf[bytes]) -> list[str]:
        await shelf.put("one", b"12345")
        await shelf.put("two", b"12345")
        return await stored(shelf, "one", "two")

    assert run(open_shelf, scenario, capacity=10) == ["one", "two"]


def test_one_byte_too_many_evicts_the_least_recently_used_value(open_shelf: OpenShelf) -> None:
    async def scenario(shelf: Shelf[bytes]) -> list[str]:
        await shelf.put("one", b"12345")
        await shelf.put("two", b"12345")
        await shelf.get("one")
        await shelf.put("three", b"1")
        return await stored(shelf, "one", "two", "three")

    assert run(open_shelf, scenario, capacity=10) == ["one", "three"]


def test_a_heavy_value_evicts_as_many_as_necessary(open_shelf: OpenShelf) -> None:
    async def scenario(shelf: Shelf[bytes]) -> list[str]:
        for key in ("one", "two", "three"):
            await shelf.put(key, b"123")
        await shelf.put("heavy", b"1234567")
        return await stored(shelf, "one", "two", "three", "heavy")

    assert run(open_shelf, scenario, capacity=10) == ["three", "heavy"]


def test_a_replaced_value_is_weighed_once(open_shelf: OpenShelf) -> None:
    async def scenario(shelf: Shelf[bytes]) -> list[str]:
        await shelf.put("other", b"1")
        for _ in range(5):
            await shelf.put("one", b"123456789")
        return await stored(shelf, "other", "one")

    assert run(open_shelf, scenario, capacity=10) == ["other", "one"]


def test_a_lighter_replacement_makes_room(open_shelf: OpenShelf) -> None:
    async def scenario(shelf: Shelf[bytes]) -> list[str]:
        await shelf.put("one", b"123456789")
        await shelf.put("one", b"1")
        await shelf.put("two", b"123456789")
        return await stored(shelf, "one", "two")

    assert run(open_shelf, scenario, capacity=10) == ["one", "two"]


def test_replacing_a_value_counts_as_use(open_shelf: OpenShelf) -> None:
    async def scenario(shelf: Shelf[bytes]) -> list[str]:
        await shelf.put("one", b"1234")
        await shelf.put("two", b"1234")
        await shelf.put("one", b"1234")
        await shelf.put("three", b"1234")
        return await stored(shelf, "one", "two", "three")

    assert run(open_shelf, scenario, capacity=8) == ["one", "three"]


def test_a_value_heavier_than_the_shelf_is_not_kept(open_shelf: OpenShelf) -> None:
    async def scenario(shelf: Shelf[bytes]) -> bytes | None:
        await shelf.put("giant", b"12345678901")
        return await shelf.get("giant")

    assert run(open_shelf, scenario, capacity=10) is None


def test_a_value_weighs_one_by_default() -> None:
    async def scenario() -> list[str | None]:
        shelf = MemoryShelf[str](2)
        for key in ("one", "two", "three"):
            await shelf.put(key, key * 100)
        return [await shelf.get(key) for key in ("one", "two", "three")]

    assert asyncio.run(scenario()) == [None, "two" * 100, "three" * 100]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 9)), max_size=30))
def test_a_shelf_in_memory_evicts_exactly_what_exceeds_its_capacity(
    puts: list[tuple[str, int]],
) -> None:
    async def scenario() -> None:
        shelf = MemoryShelf[bytes](20, len)
        kept: dict[str, int] = {}
        for key, weight in puts:
            kept.pop(key, None)
            kept[key] = weight
            while sum(kept.values()) > 20:
                del kept[next(iter(kept))]
            await shelf.put(key, b"x" * weight)
        values = {key: await shelf.get(key) for key in "abcdef"}
        assert {key: len(value) for key, value in values.items() if value is not None} == kept

    asyncio.run(scenario())

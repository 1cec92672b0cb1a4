"""The images of a world in Valkey: only those come and go that are new there."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from mock_server.domain.clock import Instant
from mock_server.domain.world import Image, World
from mock_server.stores import Found
from mock_server.stores.redis import packing, store
from mock_server.stores.redis.packing import packed_images
from support.stored import fresh, run, say

KEY = "aiimage:{one}:images"
IMAGES = msgspec.msgpack.Decoder(Image)


def image(number: int) -> Image:
    title = f"title-{number}.png"
    return Image(number, str(number), title, "dall-e", "a fox", 8, 8, "text-to-image", None, "uploads/", 0, 0)


def made(*numbers: int) -> Callable[[World | None, Instant], tuple[World, None]]:
    """Images of those numbers come to the front, and five are kept."""

    def change(world: World | None, at: Instant) -> tuple[World, None]:
        world = world or fresh()
        images = (*map(image, reversed(numbers)), *world.images)[:5]
        return replace(world, made=world.made + len(numbers), images=images), None

    return change


def numbers(found: Found) -> list[int]:
    return [each.id for each in found.world.images] if found.world else []


def test_only_the_images_that_are_new_come_and_go(open_state: Any, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    came: list[int] = []

    def coming(data: bytes) -> Image:
        came.append(1)
        return IMAGES.decode(data)

    def going(images: Sequence[Image]) -> list[bytes]:
        came.append(len(images))
        return packed_images(images)

    monkeypatch.setattr(packing, "_decode_image", coming)
    monkeypatch.setattr(store, "packed_images", going)

    async def scenario() -> None:
        async with open_state(url) as state, open_state(url) as other:
            await state.store.update("one", made(1, 2, 3))
            assert numbers(await other.store.read("one")) == [3, 2, 1]
            came.clear()
            await state.store.update("one", made(4))
            assert came == [1]  # went
            assert numbers(await other.store.read("one")) == [4, 3, 2, 1]
            assert came == [1, 1]  # came
            await other.store.update("one", made(5, 6))
            assert came == [1, 1, 2]

            assert numbers(await state.store.read("one")) == [6, 5, 4, 3, 2]

    run(scenario)
    assert say(url, "LLEN", KEY) == 5


@pytest.mark.parametrize(
    "replaced", [(), (image(9),), (image(9), image(8), image(7)), tuple(map(image, range(90, 95)))]
)
def test_other_images_take_the_place_of_all(open_state: Any, url: str, replaced: tuple[Image, ...]) -> None:
    def restored(world: World | None, at: Instant) -> tuple[World, None]:
        assert world is not None
        return replace(world, made=len(replaced), images=replaced), None

    async def scenario() -> None:
        async with open_state(url) as state, open_state(url) as other, open_state(url) as third:
            await state.store.update("one", made(1, 2, 3))
            await other.store.read("one")
            await state.store.update("one", restored)
            expected = [each.id for each in replaced]
            assert numbers(await other.store.read("one")) == numbers(await third.store.read("one")) == expected
            await state.store.update("one", made(10))
            assert numbers(await other.store.read("one")) == numbers(await third.store.read("one"))
            assert numbers(await other.store.read("one")) == [10, *expected][:5]

    run(scenario)


def test_who_comes_late_with_images_adds_them_to_those_of_others(open_state: Any, url: str) -> None:
    async def scenario() -> list[int]:
        async with open_state(url) as state, open_state(url) as other:
            await state.store.update("one", made(1))
            found = await state.store.read("one")
            await other.store.update("one", made(2, 3))
            await state.store.update("one", made(4), found)
            await other.store.update("one", made(5))
            return numbers(await state.store.read("one"))

    assert run(scenario) == [5, 4, 3, 2, 1]

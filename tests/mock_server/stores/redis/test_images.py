"""The images of a world in Valkey: only new ones are sent."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from mock_server.domain.clock import Instant
from mock_server.domain.world import Image, World
from mock_server.stores import Found
from mock_server.stores.redis import store, worlds
from mock_server.stores.redis.worlds import pack_images
from support.stored import fresh, run, say

KEY = "aiimage:{one}:images"
IMAGES = msgspec.msgpack.Decoder(Image)


def image(number: int) -> Image:
    title = f"title-{number}.png"
    return Image(number, str(number), title, "dall-e", "a fox", 8, 8, "text-to-image", None, "uploads/", 0, 0)


def made(*numbers: int) -> Callable[[World | None, Instant], tuple[World, None]]:
    """Return a change that adds images with these numbers at the front, and keeps five."""

    def change(world: World | None, at: Instant) -> tuple[World, None]:
        world = world or fresh()
        images = (*map(image, reversed(numbers)), *world.images)[:5]
        return replace(world, made=world.made + len(numbers), images=images), None

    return change


def numbers(found: Found) -> list[int]:
    return [each.id for each in found.world.images] if found.world else []


def test_only_new_images_are_sent_and_received(open_state: Any, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []

    def receiving(data: bytes) -> Image:
        counts.append(1)
        return IMAGES.decode(data)

    def sending(images: Sequence[Image]) -> list[bytes]:
        counts.append(len(images))
        return pack_images(images)

    monkeypatch.setattr(worlds, "_decode_image", receiving)
    monkeypatch.setattr(store, "pack_images", sending)

    async def scenario() -> None:
        async with open_state(url) as state, open_state(url) as other:
            await state.store.update("one", made(1, 2, 3))
            assert numbers(await other.store.read("one")) == [3, 2, 1]
            counts.clear()
            await state.store.update("one", made(4))
            assert counts == [1]  # sent
            assert numbers(await other.store.read("one")) == [4, 3, 2, 1]
            assert counts == [1, 1]  # received
            await other.store.update("one", made(5, 6))
            assert counts == [1, 1, 2]

            assert numbers(await state.store.read("one")) == [6, 5, 4, 3, 2]

    run(scenario)
    assert say(url, "LLEN", KEY) == 5


@pytest.mark.parametrize(
    "replaced", [(), (image(9),), (image(9), image(8), image(7)), tuple(map(image, range(90, 95)))]
)
def test_other_images_replace_all(open_state: Any, url: str, replaced: tuple[Image, ...]) -> None:
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


def test_a_late_writer_adds_its_images_to_those_of_others(open_state: Any, url: str) -> None:
    async def scenario() -> list[int]:
        async with open_state(url) as state, open_state(url) as other:
            await state.store.update("one", made(1))
            found = await state.store.read("one")
            await other.store.update("one", made(2, 3))
            await state.store.update("one", made(4), found)
            await other.store.update("one", made(5))
            return numbers(await state.store.read("one"))

    assert run(scenario) == [5, 4, 3, 2, 1]

"""Incremental counts of images and weights, against full counts."""

import hypothesis
from hypothesis import strategies as st
from msgspec.structs import replace

from mock_server.domain.world import Image, World
from mock_server.stores.bounds import new_images, weight

KEPT = 4


def image(number: int, prompt: str) -> Image:
    return Image(number, str(number), f"{number}.png", "dall-e", prompt, 8, 8, "text-to-image", None, "uploads/", 0, 0)


def grown(world: World, prompts: list[str]) -> World:
    """Return the world after a generation with these prompts."""
    made = tuple(image(world.made + place, prompt) for place, prompt in enumerate(prompts))
    images = (*reversed(made), *world.images)[: max(KEPT, len(made))]
    return replace(world, made=world.made + len(made), images=images)


generations = st.lists(st.lists(st.text(max_size=9), max_size=6), max_size=8)


@hypothesis.given(generations)
def test_new_images_are_counted_and_weighed_incrementally(steps: list[list[str]]) -> None:
    world = World("one", 1, 9, 9)
    heavy = weight(world)
    for prompts in steps:
        before, world = world, grown(world, prompts)
        count = new_images(world, before)
        assert count == len(prompts)
        assert (*world.images[:count], *before.images)[: len(world.images)] == world.images
        heavy = weight(world, before, heavy)
        assert heavy == weight(world)


@hypothesis.given(generations, generations)
def test_unrelated_images_are_not_new_unless_all_were_replaced(one: list[list[str]], two: list[list[str]]) -> None:
    before = after = World("one", 1, 9, 9)
    for prompts in one:
        before = grown(before, prompts)
    for prompts in two:
        after = grown(after, prompts)
    after = replace(after, images=tuple(replace(each) for each in after.images))
    count = new_images(after, before)
    assert weight(after, before, weight(before)) == weight(after)
    assert count is None or count == len(after.images) or (count, after.images) == (0, before.images)


def test_a_new_world_has_no_count_of_new_images() -> None:
    assert new_images(World("one", 1, 9, 9), None) is None

"""What a generation leaves behind."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.images import make, recent, title
from mock_server.domain.world import Generation, Image, Order, World
from support.clocks import START

FILE_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.png")


def image(number: int) -> Image:
    return Image(number, "some", f"{number}.png", "dall-e", "a fox", 64, 64, "hd", None, START)


def generation(order: Order) -> Generation:
    return Generation("some", order, order.count, order.count, START, START)


@given(st.text(), st.integers(0, 2**31), st.integers())
def test_a_title_is_a_plain_file_name(prompt: str, number: int, seed: int) -> None:
    name = title("world", prompt, number, seed)
    assert FILE_NAME.fullmatch(name)
    assert len(name) <= 80


@pytest.mark.parametrize("prompt", ["", "   ", "../../etc/passwd", "<script>", "狐狸", "a\x00b", "the of and"])
def test_a_title_is_one_for_any_prompt(prompt: str) -> None:
    assert FILE_NAME.fullmatch(title("world", prompt, 1, 0))


def test_a_title_tells_of_the_prompt() -> None:
    assert title("world", "A futuristic cloud data center floating in space", 1, 0).startswith(
        "futuristic-cloud-data-center-"
    )


def test_a_prompt_without_words_makes_an_image() -> None:
    assert title("world", "狐狸", 1, 0).startswith("image-")


@given(st.text(max_size=30), st.sets(st.integers(0, 2**31), min_size=2, max_size=20))
def test_titles_of_the_same_prompt_differ_by_number(prompt: str, numbers: set[int]) -> None:
    assert len({title("world", prompt, number, 0) for number in numbers}) == len(numbers)


def test_a_title_differs_by_world_and_by_seed_and_by_nothing_else() -> None:
    names = [title("one", "a fox", 1, 0), title("other", "a fox", 1, 0), title("one", "a fox", 1, 9)]
    assert len(set(names)) == 3
    assert title("one", "a fox", 1, 0) == names[0]


@given(st.integers(0, 40))
def test_the_recent_images_are_the_first_ten_at_most(count: int) -> None:
    images = tuple(image(number) for number in range(count, 0, -1))
    found = recent(World("some", 1, 1, 1, images=images))
    assert len(found) == min(count, 10)
    assert [each.id for each in found] == list(range(count, 0, -1))[:10]


def test_every_image_of_an_order_has_the_next_number(world: World, order: Callable[[int], Order]) -> None:
    made = make(replace(world, made=5), generation(order(3)), START, seed=0)
    assert [each.id for each in made] == [1006, 1007, 1008]
    assert len({each.title for each in made}) == 3


def test_an_image_is_what_was_ordered(world: World) -> None:
    order = Order("stablediffusion", "  a fox ", 1, 640, 480, "upscale", source="key")
    (made,) = make(world, generation(order), START, seed=0)
    assert (made.engine, made.prompt, made.mode, made.source) == ("stablediffusion", "  a fox ", "upscale", "key")
    assert (made.width, made.height, made.created_at) == (640, 480, START)


def test_images_are_the_same_in_every_run(world: World, order: Callable[[int], Order]) -> None:
    first, again = (make(world, generation(order(2)), START, seed=4) for _ in range(2))
    assert first == again

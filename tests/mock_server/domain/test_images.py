"""Images and titles that a generation makes."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mock_server.domain.accounts import world_name
from mock_server.domain.images import KEPT, folder, kept, make, recent, title, titled, world_of
from mock_server.domain.world import Generation, Image
from support.clocks import START
from support.sandbox import BEHAVIOUR, fresh_world, order

FILE_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.png")
WORLD = "0123456789abcdef"
TOKENS = st.text(max_size=8)
NUMBERS = st.integers(0, 2**31)


def image(number: int) -> Image:
    name = f"a-fox-{number:x}.png"
    return Image(number, "some", name, "dall-e", "a fox", 64, 64, "hd", None, "uploads/", START, START)


def images(newest: int, oldest: int) -> tuple[Image, ...]:
    return tuple(image(number) for number in range(newest, oldest - 1, -1))


def generation(count: int = 1, **others: Any) -> Generation:
    return Generation("some", order(count, **others), count, count, ends=START + 5, ready=START + 9)


@given(st.text(), NUMBERS)
def test_a_title_is_a_plain_file_name(prompt: str, number: int) -> None:
    name = title(WORLD, prompt, number)
    assert FILE_NAME.fullmatch(name)
    assert len(name) <= 80


@pytest.mark.parametrize("prompt", ["", "   ", "../../etc/passwd", "<script>", "狐狸", "a\x00b", "the of and"])
def test_any_prompt_has_a_valid_title(prompt: str) -> None:
    assert FILE_NAME.fullmatch(title(WORLD, prompt, 1))


def test_a_title_describes_the_prompt() -> None:
    assert title(WORLD, "A futuristic cloud data center floating in space", 1).startswith(
        "futuristic-cloud-data-center-"
    )


def test_the_title_of_a_prompt_without_words_starts_with_image() -> None:
    assert title(WORLD, "狐狸", 1).startswith("image-")


@given(st.text(max_size=30), st.sets(NUMBERS, min_size=2, max_size=20))
def test_titles_of_the_same_prompt_differ_by_number(prompt: str, numbers: set[int]) -> None:
    assert len({title(WORLD, prompt, number) for number in numbers}) == len(numbers)


def test_a_title_differs_by_world() -> None:
    assert title(world_name("one"), "a fox", 1) != title(world_name("other"), "a fox", 1)


@given(TOKENS, st.text(max_size=30), NUMBERS)
def test_a_title_contains_the_name_of_its_world(token: str, prompt: str, number: int) -> None:
    assert world_of(title(world_name(token), prompt, number)) == world_name(token)


@given(st.text())
def test_any_text_has_a_world_name_of_at_most_16_characters(text: str) -> None:
    assert len(world_of(text)) <= 16


def test_an_image_is_found_by_its_title() -> None:
    world = fresh_world(images=images(9, 1))
    assert titled(world, "a-fox-3.png") == image(3)
    assert titled(world, "a-fox-a.png") is None


@given(st.integers(0, 40))
def test_the_recent_images_are_at_most_the_newest_ten(count: int) -> None:
    world = fresh_world(images=images(count, 1))
    newest_first = list(range(count, 0, -1))[:10]
    assert [each.id for each in recent(world)] == newest_first
    assert [each.id for each in recent(world, newest_first=False)] == newest_first[::-1]


@pytest.mark.parametrize(
    ("before", "made", "left"),
    [(0, 3, 3), (97, 3, 100), (98, 3, 100), (100, 1, 100), (100, KEPT, KEPT), (100, KEPT + 30, KEPT + 30)],
)
def test_the_last_hundred_and_all_of_the_last_generation_are_kept(before: int, made: int, left: int) -> None:
    found = kept(images(before, 1), images(before + made, before + 1)[::-1])
    assert found == images(before + made, 1)[:left]


def test_the_images_of_an_order_are_numbered_consecutively() -> None:
    made = make(fresh_world(made=5), generation(3))
    assert [each.id for each in made] == [1006, 1007, 1008]
    assert len({each.title for each in made}) == 3


def test_an_image_has_the_values_of_its_order() -> None:
    ordered: dict[str, Any] = {
        "engine": "stablediffusion",
        "prompt": "  a fox ",
        "width": 640,
        "height": 480,
        "mode": "upscale",
    }
    (made,) = make(fresh_world(), generation(source="key", **ordered))
    assert {name: getattr(made, name) for name in ordered} == ordered
    assert (made.source, made.generation) == ("key", "some")


def test_an_image_has_the_end_of_its_generation_and_the_instant_when_it_is_ready() -> None:
    (made,) = make(fresh_world(), generation())
    assert (made.created_at, made.ready) == (START + 5, START + 9)


@pytest.mark.parametrize("place", ["uploads/", "https://cdn.example/uploads/"])
def test_the_output_of_an_image_is_its_title_in_its_folder(place: str) -> None:
    (made,) = make(fresh_world(), generation(folder=place))
    assert made.output == place + made.title


@pytest.mark.parametrize(
    ("storage", "url", "origin", "expected"),
    [
        ("public", "https://cdn.example/", "http://mock:8010", "uploads/"),
        ("s3", "https://cdn.example/", "http://mock:8010", "https://cdn.example/uploads/"),
        ("s3", "", "http://mock:8010", "http://mock:8010/uploads/"),
        ("s3", "", "", "uploads/"),
    ],
)
def test_the_folder_is_a_url_if_the_storage_is_remote(storage: str, url: str, origin: str, expected: str) -> None:
    assert folder(replace(BEHAVIOUR, image_storage=storage, storage_url=url), origin) == expected


def test_images_are_the_same_in_every_run() -> None:
    first, again = (make(fresh_world(), generation(2)) for _ in range(2))
    assert first == again
    assert first[0].title == "fox-0123456789abcdef0.png"

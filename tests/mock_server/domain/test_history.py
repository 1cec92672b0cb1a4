"""The generated history of an account."""

from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.clock import DAY
from mock_server.domain.history import History, PastImage, add_history
from mock_server.domain.images import recent
from mock_server.domain.world import World
from support.clocks import START
from support.sandbox import BEHAVIOUR, fresh_world


def past(count: int) -> list[PastImage]:
    return [PastImage("dall-e", f"prompt {number}", 64, 64, "text-to-image") for number in range(count)]


def with_history(images: int, days: int, **changes: object) -> World:
    return add_history(fresh_world(**changes), History(images, days), past(images), START, BEHAVIOUR)


@given(st.integers(1, 100), st.integers(1, 365))
def test_the_images_are_spread_over_the_last_days_newest_first(images: int, days: int) -> None:
    world = with_history(images, days)
    stamps = [image.created_at for image in world.images]
    assert stamps == sorted(stamps, reverse=True)
    assert all(START - days * DAY < stamp <= START for stamp in stamps)
    assert len(world.images) == world.made == images
    assert len({image.title for image in world.images} | {str(image.id) for image in world.images}) == 2 * images


def test_every_day_has_an_image_while_there_are_enough() -> None:
    ages = {(START - image.created_at) // DAY for image in with_history(25, 3).images}
    assert ages == {0, 1, 2}


def test_the_newest_image_has_the_greatest_id_and_the_next_one_a_greater() -> None:
    world = with_history(12, 2)
    assert [image.id for image in world.images] == list(range(world.first_id + 11, world.first_id - 1, -1))
    assert world.made == 12
    assert len(recent(world)) == 10


def test_the_images_of_today_count_against_the_daily_limit() -> None:
    world = with_history(30, 10)
    assert world.used == sum(image.created_at // DAY == START // DAY for image in world.images)


def test_a_history_replaces_the_images_and_never_repeats_a_title() -> None:
    first = with_history(5, 1)
    second = add_history(first, History(3, 1), past(3), START, BEHAVIOUR)
    assert second.made == 8
    assert not {image.title for image in first.images} & {image.title for image in second.images}


def test_each_image_has_its_price() -> None:
    assert {image.credits for image in with_history(5, 1).images} == {BEHAVIOUR.credits_per_image}

"""A world, and the lock that prevents a second generation."""

import pytest

from mock_server.domain.clock import DAY
from mock_server.domain.timepiece import Timepiece
from mock_server.domain.world import Lock, World
from support.clocks import START


@pytest.mark.parametrize(
    ("lock", "ends"),
    [
        (Lock("me", None), None),
        (Lock("me", 7), 7),
        (Lock("me", 7, 5), 5),
        (Lock("me", 7, 12), 7),
        (Lock("me", None, 5), 5),
        (Lock("me", 0, 5), 0),
    ],
)
def test_a_lock_ends_when_it_is_released_or_expires_whichever_comes_first(lock: Lock, ends: int | None) -> None:
    assert lock.ends == ends


def test_a_lock_is_held_until_a_microsecond_before_it_ends() -> None:
    assert Lock("me", START).held(START - 1)
    assert not Lock("me", START).held(START)


@pytest.mark.parametrize("late", [0, 1, 1000 * DAY])
def test_a_permanent_lock_is_always_held(late: int) -> None:
    assert Lock("me", None).held(START + late)


def test_a_new_world_is_unlocked_unused_and_uses_the_clock_of_the_server() -> None:
    world = World("some", 1, credits=3, daily_limit=5)
    assert (world.lock, world.running, world.images, world.faults) == (None, (), (), ())
    assert (world.used, world.made, world.generation_seconds, world.clock) == (0, 0, None, Timepiece())


def test_a_world_is_immutable() -> None:
    world = World("some", 1, credits=3, daily_limit=5)
    with pytest.raises(AttributeError):
        world.credits = 4  # type: ignore[misc]

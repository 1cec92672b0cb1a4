"""Locks that are not freed."""

from msgspec.structs import replace

from mock_server.domain.generation import GenerationRequest
from mock_server.faults.stuck_lock import StuckLock


def test_the_lock_is_held_until_it_expires(beginning: GenerationRequest) -> None:
    assert StuckLock().begin(beginning) == replace(beginning, lock="expiry")


def test_the_lock_can_be_held_for_ever(beginning: GenerationRequest) -> None:
    assert StuckLock(until="forever").begin(beginning) == replace(beginning, lock="forever")

"""Faults of a generation."""

from msgspec.structs import replace

from mock_server.app import rules
from mock_server.domain.generation import Beginning
from mock_server.faults.generation import SlowGeneration, StuckLock, UpstreamFailure


def test_an_upstream_failure_ends_the_generation_with_the_message(beginning: Beginning) -> None:
    failed = UpstreamFailure(message="No engine today.").change_generation(beginning)
    assert failed == replace(beginning, failure="No engine today.")


def test_an_upstream_failure_has_a_default_message(beginning: Beginning) -> None:
    assert UpstreamFailure().change_generation(beginning).failure == "The image engine failed. Please try again later."


def test_a_stuck_lock_is_held_until_it_expires(beginning: Beginning) -> None:
    assert StuckLock().change_generation(beginning) == replace(beginning, lock="expiry")


def test_a_stuck_lock_can_be_held_forever(beginning: Beginning) -> None:
    assert StuckLock(until="forever").change_generation(beginning) == replace(beginning, lock="forever")


def test_a_slow_generation_takes_the_given_time(beginning: Beginning) -> None:
    assert SlowGeneration(seconds=30).change_generation(beginning) == replace(beginning, forced_seconds=30)


def test_a_slow_generation_outlives_its_lock_by_default() -> None:
    assert SlowGeneration().seconds > rules().settings["lock_seconds"].default

"""Faults of a generation."""

from msgspec.structs import replace

from mock_server.app import rules
from mock_server.domain.generation import GenerationRequest
from mock_server.faults.generation import SlowGeneration, StuckLock, UpstreamFailure


def test_an_upstream_failure_ends_the_generation_with_the_message(generation_request: GenerationRequest) -> None:
    failed = UpstreamFailure(message="No engine today.").change_generation(generation_request)
    assert failed == replace(generation_request, failure="No engine today.")


def test_an_upstream_failure_has_a_default_message(generation_request: GenerationRequest) -> None:
    assert (
        UpstreamFailure().change_generation(generation_request).failure
        == "The image engine failed. Please try again later."
    )


def test_a_stuck_lock_is_held_until_it_expires(generation_request: GenerationRequest) -> None:
    assert StuckLock().change_generation(generation_request) == replace(generation_request, lock="expiry")


def test_a_stuck_lock_can_be_held_forever(generation_request: GenerationRequest) -> None:
    assert StuckLock(until="forever").change_generation(generation_request) == replace(
        generation_request, lock="forever"
    )


def test_a_slow_generation_takes_the_given_time(generation_request: GenerationRequest) -> None:
    assert SlowGeneration(seconds=30).change_generation(generation_request) == replace(
        generation_request, forced_seconds=30
    )


def test_a_slow_generation_outlives_its_lock_by_default() -> None:
    assert SlowGeneration().seconds > rules().settings["lock_seconds"].default

"""Generations that outlive their lock."""

from msgspec.structs import replace

from mock_server.app import rules
from mock_server.domain.generation import GenerationRequest
from mock_server.faults.slow_generation import SlowGeneration


def test_the_generation_takes_the_time_it_is_given(beginning: GenerationRequest) -> None:
    assert SlowGeneration(seconds=30).begin(beginning) == replace(beginning, forced_seconds=30)


def test_by_default_it_takes_longer_than_its_lock_lives() -> None:
    assert SlowGeneration().seconds > rules().settings["lock_seconds"].default

"""Generations that fail behind the service."""

from msgspec.structs import replace

from mock_server.domain.generation import GenerationRequest
from mock_server.faults.upstream_failure import UpstreamFailure


def test_the_generation_ends_with_the_message(beginning: GenerationRequest) -> None:
    failed = UpstreamFailure(message="No engine today.").begin(beginning)
    assert failed == replace(beginning, failure="No engine today.")


def test_there_is_a_message_by_default(beginning: GenerationRequest) -> None:
    assert UpstreamFailure().begin(beginning).failure == "The image engine failed. Please try again later."

"""A generation request without faults."""

import pytest

from mock_server.domain.generation import GenerationRequest
from mock_server.domain.world import Order


@pytest.fixture
def generation_request() -> GenerationRequest:
    return GenerationRequest("g1", Order("dall-e", "a fox", count=1, width=64, height=64, mode="hd"), seconds=1.5)

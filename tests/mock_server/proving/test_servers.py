"""One address under which the mock behaves by one reading after another."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mock_server.client import Control, MockWorld
from mock_server.embedding import default_settings
from mock_server.proving.servers import ReadingServer
from support.mock import DALL_E


@pytest.fixture
def server() -> Iterator[ReadingServer]:
    with ReadingServer(default_settings()) as server:
        yield server


def status(world: MockWorld, **changes: Any) -> int:
    url = f"{world.base_url}/aiimage/generate-image"
    return httpx.post(url, json={**DALL_E, **changes}, headers=world.headers).status_code


def test_each_reading_has_a_state_of_its_own_at_the_same_address(server: ReadingServer) -> None:
    world = MockWorld(Control(server.origin), "one")
    assert status(world, size="big") == 422
    server.use({"invalid_status": 400})
    assert status(world, size="big") == 400
    assert len(world.requests()) == 1
    server.use({})
    assert world.requests() == []
    server.use_default()
    assert [each["status"] for each in world.requests()] == [422]
    server.use({"invalid_status": 400})
    assert [each["status"] for each in world.requests()] == [400]


def test_a_fresh_state_is_empty(server: ReadingServer) -> None:
    world = MockWorld(Control(server.origin), "one")
    for _ in range(2):
        server.use_fresh({"credit_need": "any"})
        assert world.requests() == []
        assert status(world) == 200


def test_requests_are_counted(server: ReadingServer) -> None:
    before = server.calls
    MockWorld(Control(server.origin), "one").begin()
    assert server.calls == before + 1


def test_clients_in_the_same_process_meet_the_selected_reading(server: ReadingServer) -> None:
    async def versions() -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(server.app), base_url=server.origin) as client:
            return (await client.get("/api/v1/aiimage/versions")).status_code

    server.use({"unauthenticated_status": 403})
    assert asyncio.run(versions()) == 403
    server.use_default()
    assert asyncio.run(versions()) == 401

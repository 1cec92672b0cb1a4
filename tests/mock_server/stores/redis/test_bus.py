"""Messages between processes that share a Valkey."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from mock_server.stores import StoreUnavailableError
from mock_server.stores.redis.address import parse_address
from mock_server.stores.redis.bus import RedisBus
from mock_server.stores.redis.connection import Connection
from support.valkey import Valkey, fresh_url, shared

TIMEOUT_SECONDS = 5.0


class Process:
    """One process. received: its messages; connected: how often its bus has connected."""

    def __init__(self, url: str) -> None:
        self.received: list[bytes] = []
        self.connected = 0
        self._connection = Connection(parse_address(url))
        self.bus = RedisBus(parse_address(url).database, self._connection)
        self.bus.attach("changes", self.receive, self._count)

    def receive(self, message: bytes) -> None:
        if message == b"bad":
            raise ValueError(message)
        self.received.append(message)

    def _count(self) -> None:
        self.connected += 1

    async def close(self) -> None:
        await self.bus.close()
        await self._connection.close()


@asynccontextmanager
async def processes(*urls: str) -> AsyncIterator[list[Process]]:
    made = [Process(url) for url in urls]
    try:
        for each in made:
            await each.bus.connect()
        yield made
    finally:
        for each in made:
            await each.close()


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    async def running() -> Any:
        async with asyncio.timeout(2 * TIMEOUT_SECONDS):
            return await scenario()

    return asyncio.run(running())


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not condition():  # noqa: ASYNC110 (a message sets no event)
            await asyncio.sleep(0.005)


def test_all_other_processes_of_a_database_receive_a_message_in_order() -> None:
    async def scenario() -> None:
        url = fresh_url()
        async with processes(url, url, url, fresh_url()) as (one, two, three, stranger):
            messages = [b"%d" % number for number in range(50)]
            for message in messages:
                assert await one.bus.publish("changes", message) == 3
            assert await stranger.bus.publish("changes", b"other") == 1
            await until(lambda: two.received == three.received == messages)
            assert (one.received, stranger.received) == ([], [])

    run(scenario)


def test_only_subscribers_receive_the_messages_of_another_channel() -> None:
    async def scenario() -> None:
        url = fresh_url()
        async with processes(url, url) as (one, two):
            assert await one.bus.publish("events", b"before") == 0
            await two.bus.subscribe("events")
            assert await one.bus.publish("events", b"while") == 1
            await until(lambda: two.received == [b"while"])
            await two.bus.unsubscribe("events")
            while await one.bus.publish("events", b"after"):
                pass
            assert await one.bus.publish("changes", b"a change") == 2

    run(scenario)


def test_a_bus_that_loses_its_connection_connects_again_with_all_its_channels() -> None:
    async def scenario() -> None:
        url = fresh_url()
        async with processes(url, url) as (one, two):
            await two.bus.subscribe("events")
            shared().say("CLIENT", "KILL", "TYPE", "pubsub")
            await until(lambda: one.connected == two.connected == 2)
            assert await one.bus.publish("events", b"an event") == 1
            assert await one.bus.publish("changes", b"a change") == 2
            await until(lambda: two.received == [b"an event", b"a change"])

    run(scenario)


def test_a_message_that_cannot_be_handled_is_logged_and_the_next_is_received(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        url = fresh_url()
        async with processes(url, url) as (one, two):
            await one.bus.publish("changes", b"bad")
            await one.bus.publish("changes", b"good")
            await until(lambda: two.received == [b"good"])

    with caplog.at_level(logging.WARNING, "aiimage_mock"):
        run(scenario)
    assert [each.getMessage() for each in caplog.records] == ["A message of another process failed."]


def test_without_a_valkey_a_bus_connects_later_and_publishing_fails(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Valkey(tmp_path) as valkey:
            valkey.kill()
            async with processes(valkey.url) as (one,):
                with pytest.raises(StoreUnavailableError):
                    await one.bus.publish("changes", b"a message")
                await asyncio.to_thread(valkey.start)
                await until(lambda: one.connected == 1)
                assert await one.bus.publish("changes", b"a message") == 1

    run(scenario)


def test_a_user_without_access_to_the_channels_cannot_publish(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Valkey(tmp_path) as valkey:
            valkey.say("ACL", "SETUSER", "default", "resetchannels")
            async with processes(valkey.url) as (one,):
                assert one.connected == 0
                with pytest.raises(StoreUnavailableError, match="keys and channels aiimage"):
                    await one.bus.publish("changes", b"a message")

    run(scenario)

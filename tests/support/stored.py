"""Stored worlds, and commands to their Valkey."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from mock_server.domain.clock import Instant
from mock_server.domain.world import World
from support.valkey import shared


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    async def running() -> Any:
        return await scenario()

    return asyncio.run(running())


def say(url: str, *command: str | int) -> Any:
    """Return the reply to a command, in the database of that URL."""
    with shared()._server.client(db=int(urlsplit(url).path[1:])) as client:
        return client.execute_command(*command)


def fresh(name: str = "one") -> World:
    return World(name=name, first_id=1, credits=1000, daily_limit=1000)


def count_up(world: World | None, at: Instant) -> tuple[World, int]:
    world = world or fresh()
    return replace(world, made=world.made + 1), world.made

"""Calls of servers over a socket, and waits for a condition there."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from support.asgi import Answer, call
from support.mock import PREFIX
from support.remote import Connection, Remote

ORDER = {"image_generator": "flux-pro", "description_flux_pro": "a fox", "image_number_of_images": 1}
PATIENCE = 5.0


def run(scenario: Callable[[], Awaitable[Any]]) -> None:
    async def running() -> None:
        async with asyncio.timeout(20):
            await scenario()

    asyncio.run(running())


async def generate(worker: Connection | Remote, token: str, **headers: str) -> Answer:
    return await call(worker, "POST", f"{PREFIX}/generate-image", token, ORDER, **headers)


async def world(worker: Connection | Remote, token: str) -> Any:
    return (await call(worker, "GET", f"/_mock/worlds/{token}")).body


async def move(worker: Connection | Remote, token: str, **command: Any) -> None:
    answer = await call(worker, "POST", f"/_mock/worlds/{token}/clock", body=command)
    assert answer.status == 200, answer


async def until(condition: Callable[[], Awaitable[bool]], timeout_seconds: float = PATIENCE) -> float:
    """Wait until the condition is true; return the duration in seconds."""
    loop = asyncio.get_running_loop()
    since = loop.time()
    while not await condition():
        assert loop.time() < since + timeout_seconds
        await asyncio.sleep(0.01)
    return loop.time() - since


async def running(worker: Connection | Remote, token: str, count: int) -> None:
    """Wait until `count` generations run."""

    async def are_running() -> bool:
        return bool((await world(worker, token))["running"] == count)

    await until(are_running)


def done(tasks: list[asyncio.Task[Answer]], count: int) -> Callable[[], Awaitable[bool]]:
    async def are_done() -> bool:
        return sum(task.done() for task in tasks) >= count

    return are_done

"""The control API in tests."""

import asyncio
from typing import Any

import httpx

from support.mock import DALL_E, PREFIX, Mock

TASKS: set[asyncio.Task[httpx.Response]] = set()


def control_call(mock: Mock, method: str, path: str, **kwargs: Any) -> httpx.Response:
    """Call the control API without a token."""
    return mock.call(method, f"/_mock{path}", None, **kwargs)


def control_json(mock: Mock, method: str, path: str, body: Any = None) -> Any:
    """Return the body of a response with status 200."""
    reply = control_call(mock, method, path, **({} if body is None else {"json": body}))
    assert reply.status_code == 200, reply.text
    return reply.json()


def begin(mock: Mock, token: str = "demo", **kwargs: Any) -> asyncio.Task[httpx.Response]:
    """Begin a generation; return when its request waits for its end or is answered."""

    async def running() -> int:
        return int((await mock.acall("GET", f"/_mock/worlds/{token}", None)).json()["running"])

    async def beginning() -> asyncio.Task[httpx.Response]:
        before = await running()
        body = kwargs or {"json": DALL_E}
        task = asyncio.create_task(mock.acall("POST", f"{PREFIX}/generate-image", token, **body))
        TASKS.add(task)
        task.add_done_callback(TASKS.discard)
        while not task.done() and await running() == before:  # noqa: ASYNC110 (a thread reads the order first)
            await asyncio.sleep(0)
        return task

    return mock.run(beginning)

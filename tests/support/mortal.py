"""`aiimage-mock` whose processes kill themselves at the point that the token of a request names, once for each point.

Its first argument is a folder that records the points. The processes that it starts run this file too.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from mock_server.cli import main
from mock_server.domain.accounts import world_name
from mock_server.service import Service, generating
from mock_server.stores.redis.journal import RedisJournal

FOLDER = Path(sys.argv[1])
_begin, _wait, _append = generating._begin, Service.wait, RedisJournal.append


def die(point: str, world: str) -> None:
    """Kill this process if the world is meant for that point, and no process died there before."""
    if world == world_name(point):
        try:
            (FOLDER / point).touch(exist_ok=False)
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


async def begin(service: Any, caller: Any, *others: Any) -> Any:
    die("dies-before-begin", caller.world)
    begun = await _begin(service, caller, *others)
    die("dies-after-begin", caller.world)
    return begun


async def wait(service: Any, caller: Any, instant: int) -> Any:
    waiting = asyncio.ensure_future(_wait(service, caller, instant))
    await asyncio.wait([waiting], timeout=0.05)
    die("dies-while-it-waits", caller.world)
    return await waiting


async def append(journal: Any, entry: Any) -> None:
    if entry.operation == "generateImage":
        die("dies-before-the-journal", entry.world)
    await _append(journal, entry)


def _patched(name: str, owner: Any, function: Callable[..., Awaitable[Any]]) -> None:
    setattr(owner, name, function)


_patched("_begin", generating, begin)
_patched("wait", Service, wait)
_patched("append", RedisJournal, append)

if __name__ == "__main__":
    main(sys.argv[2:])

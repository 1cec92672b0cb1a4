"""Whether the mock has answered all that the client sent, or only waits for an instant."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Protocol

# Of real time: how long a look may take until it is asked whether the run is over.
_TURN_SECONDS = 0.005


class Mock(Protocol):
    """The mock's side. loop: its event loop, None before it is served."""

    loop: asyncio.AbstractEventLoop | None

    def at_rest(self) -> bool:
        """Return whether every request that was sent waits for an instant or has its reply. Called in its loop."""
        ...


def is_at_rest(mock: Mock | None, is_over: Callable[[], bool]) -> bool:
    """Return whether the mock is at rest, as it stays if its loop has ended, or if the run is over."""
    if mock is None or mock.loop is None or not mock.loop.is_running():
        return True
    seen: Future[bool] = Future()
    try:
        # A coroutine that is made here, and that a loop that ends never runs, would be warned of.
        mock.loop.call_soon_threadsafe(lambda: asyncio.ensure_future(_look(mock, seen)))
    except RuntimeError:  # it has just ended
        return True
    while mock.loop.is_running() and not is_over():
        with suppress(TimeoutError):
            return seen.result(_TURN_SECONDS)
    return True


async def _look(mock: Mock, seen: "Future[bool]") -> None:
    seen.set_result(await _rest(mock))


async def _rest(mock: Mock) -> bool:
    # The loop accepts, reads, begins a request, writes and closes in its next turns.
    for _ in range(12):
        await asyncio.sleep(0)
    if not mock.at_rest():
        return False
    for _ in range(3):
        await asyncio.sleep(0)
    return mock.at_rest()

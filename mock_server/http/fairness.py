"""Fair shares: a bound on what happens at the same time, which one client cannot use up."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")


async def run_in_thread(function: Callable[[_Argument], _Result], argument: _Argument) -> _Result:
    """Return the result of a function that a thread runs, without waiting for other threads: hold a place."""
    # The library's own limit, for all threads of the process, would be a queue without turns.
    return await to_thread.run_sync(function, argument, limiter=CapacityLimiter(1))


class FairLimiter:
    """At most `places` tasks at a time, at most `share` of them for one client. Clients that wait take turns."""

    def __init__(self, places: int, share: int | None = None) -> None:
        self._free = places
        self._share = share or places
        self._held: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def place(self, client: str) -> AsyncIterator[None]:
        """Wait for a place, and hold it."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(turn)
        self._grant()
        try:
            await turn
            yield
        finally:
            # A task may be cancelled when its turn has been granted, but before it runs again.
            if turn.done() and not turn.cancelled():
                self._release(client)

    def _release(self, client: str) -> None:
        self._free += 1
        self._held[client] -= 1
        if not self._held[client]:
            del self._held[client]
        self._grant()

    def _grant(self) -> None:
        """Give the free places to the clients whose turn it is."""
        while self._free and (client := self._next_client()) is not None:
            queue = self._waiting[client]
            turn = queue.popleft()
            if queue:
                self._waiting.move_to_end(client)
            else:
                del self._waiting[client]
            if not turn.cancelled():
                turn.set_result(None)
                self._free -= 1
                self._held[client] += 1

    def _next_client(self) -> str | None:
        return next((client for client in self._waiting if self._held[client] < self._share), None)

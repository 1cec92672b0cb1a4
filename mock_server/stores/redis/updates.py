"""Updates of one world that arrive while it is written: they wait, and share the next write."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from mock_server.domain.clock import Instant
from mock_server.domain.world import World

from ..protocol import Change, Found


class PendingUpdate(msgspec.Struct, eq=False):
    """A change whose outcome a request waits for. found: the world as the request read it, None if it did not."""

    change: Change[Any]
    found: Found | None
    outcome: asyncio.Future[Any]

    def apply(self, world: World | None, at: Instant) -> tuple[World | None, Callable[[], None]]:
        """Return the world with the change, and a function that delivers the outcome once the world is written."""
        try:
            changed, outcome = self.change(world, at)
        except Exception as error:  # noqa: BLE001 (it fails this update only)
            return world, partial(self._fail, error)
        return changed, partial(self._deliver, outcome)

    def fail(self, error: BaseException) -> None:
        """Deliver an error in place of the outcome."""
        if isinstance(error, asyncio.CancelledError):
            self.outcome.cancel()
        else:
            self._fail(error)

    def _deliver(self, outcome: object) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    def _fail(self, error: BaseException) -> None:
        if not self.outcome.done():
            self.outcome.set_exception(error)


class UpdateBatcher:
    """Updates by the name of their world. apply: applies some of them, writes the world, and delivers the outcomes."""

    def __init__(self, apply: Callable[[str, Sequence[PendingUpdate]], Awaitable[None]]) -> None:
        self._apply = apply
        self._waiting: dict[str, list[PendingUpdate]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, name: str, update: PendingUpdate) -> Any:
        """Return the outcome of an update. It is applied at once if no other of that world is."""
        if name in self._waiting:
            self._waiting[name].append(update)
        else:
            self._waiting[name] = []
            try:
                await self._apply(name, [update])
            finally:
                self._apply_waiting(name)
        return await update.outcome

    def _apply_waiting(self, name: str) -> None:
        """Apply the waiting updates in a task of their own."""
        # A request that was cancelled while it waited must change nothing.
        updates = [update for update in self._waiting.pop(name) if not update.outcome.done()]
        if updates:
            self._waiting[name] = []
            # In the task of the request that ends now, its cancellation would stop those of others.
            task = asyncio.get_running_loop().create_task(self._apply_together(name, updates))
            self._tasks.add(task)  # the loop itself has only a weak reference
            task.add_done_callback(self._tasks.discard)

    async def _apply_together(self, name: str, updates: Sequence[PendingUpdate]) -> None:
        try:
            await self._apply(name, updates)
        except BaseException as error:
            for update in updates:
                update.fail(error)
            if not isinstance(error, Exception):
                raise
        finally:
            self._apply_waiting(name)

"""Turns at a world: whoever wants to change one that is being changed waits, and all who wait go together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from mock_server.domain.clock import Instant
from mock_server.domain.world import World

from ..protocol import Change, Found


class Wish(msgspec.Struct, eq=False):
    """A change that somebody waits for the outcome of. found: what they know there to be, if anything."""

    change: Change[Any]
    found: Found | None
    outcome: asyncio.Future[Any]

    def applied(self, world: World | None, at: Instant) -> tuple[World | None, Callable[[], None]]:
        """Return the world with the change, and what tells the outcome once that is there to stay."""
        try:
            changed, outcome = self.change(world, at)
        except Exception as problem:  # noqa: BLE001 (theirs alone: the others' changes are made)
            return world, partial(self._fail, problem)
        return changed, partial(self._tell, outcome)

    def fail(self, problem: BaseException) -> None:
        """Tell that nothing is known to have come of it."""
        if isinstance(problem, asyncio.CancelledError):
            self.outcome.cancel()
        else:
            self._fail(problem)

    def _tell(self, outcome: object) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    def _fail(self, problem: BaseException) -> None:
        if not self.outcome.done():
            self.outcome.set_exception(problem)


class Turns:
    """Turns by name. grant: makes the changes of all who wish for some, and tells them."""

    def __init__(self, grant: Callable[[str, Sequence[Wish]], Awaitable[None]]) -> None:
        self._grant = grant
        self._waiting: dict[str, list[Wish]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, name: str, wish: Wish) -> Any:
        """Return the outcome of a wish. Whoever finds nobody there goes at once."""
        if name in self._waiting:
            self._waiting[name].append(wish)
        else:
            self._waiting[name] = []
            try:
                await self._grant(name, [wish])
            finally:
                self._go_on(name)
        return await wish.outcome

    def _go_on(self, name: str) -> None:
        """Let those who wait go, who are still there. What they do must not end because one of them hangs up."""
        wishes = [wish for wish in self._waiting.pop(name) if not wish.outcome.done()]
        if wishes:
            self._waiting[name] = []
            task = asyncio.get_running_loop().create_task(self._together(name, wishes))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _together(self, name: str, wishes: Sequence[Wish]) -> None:
        try:
            await self._grant(name, wishes)
        except BaseException as problem:
            for wish in wishes:
                wish.fail(problem)
            if not isinstance(problem, Exception):
                raise
        finally:
            self._go_on(name)

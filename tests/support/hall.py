"""A scheduler, and requests that wait for instants of its clock."""

import asyncio
from collections.abc import Awaitable, Callable

from mock_server.domain.clock import Instant
from mock_server.domain.timepiece import Timepiece
from mock_server.domain.world import World
from mock_server.service import Scheduler, Seen
from mock_server.stores import Found
from support.clocks import START, SteppedClock, settle

NAME, WORLD = "the clock", "one"


class Hall:
    """Requests that wait for instants of one clock. Each yields `steps` times before it is answered."""

    def __init__(self, piece: Timepiece = Timepiece(), yields: int = 0, steps: int = 0) -> None:  # noqa: B008
        self.real = SteppedClock()
        self.scheduler = Scheduler(self.real)
        self.piece = piece
        self.log: list[str] = []
        self._yields = yields
        self._steps = steps

    async def look(self) -> Seen:
        piece, at = self.piece, self.real.now()
        for _ in range(self._yields):
            await asyncio.sleep(0)
        world = World(WORLD, 1, 0, 0, clock=piece)
        return Seen(world, piece.at(at), Found(world, at))

    async def request(self, label: str, *instants: Instant, world: str = WORLD) -> None:
        """Wait for each instant in turn, then log an answer."""
        with self.scheduler.in_progress(NAME):
            for instant in instants:
                await self.scheduler.wait(NAME, world, instant, self.look)
                self.log.append(f"{label} continues")
                for _ in range(self._steps):
                    await asyncio.sleep(0)
            self.log.append(f"{label} is answered")

    async def waiting(self, label: str, *instants: Instant, world: str = WORLD) -> "asyncio.Task[None]":
        task = asyncio.ensure_future(self.request(label, *instants, world=world))
        await settle()
        return task

    def move(self, piece: Timepiece) -> None:
        self.piece = piece
        self.scheduler.notify(NAME)

    @property
    def empty(self) -> bool:
        return not self.scheduler._queues


STOPPED = Timepiece(0, START)


def play(
    scenario: Callable[[Hall], Awaitable[None]], piece: Timepiece = STOPPED, yields: int = 0, steps: int = 0
) -> Hall:
    hall = Hall(piece, yields, steps)

    async def played() -> None:
        await asyncio.wait_for(scenario(hall), 20)

    asyncio.run(played())
    return hall

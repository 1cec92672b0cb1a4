"""A service without HTTP, and its running requests."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec.structs import replace

from mock_server.domain.accounts import Account, Accounts
from mock_server.domain.clock import Clock, Instant, seconds
from mock_server.domain.generation import GenerationRequest, Outcome
from mock_server.domain.history import History, PastImage
from mock_server.domain.refusals import Refusal
from mock_server.domain.timepiece import Timepiece
from mock_server.domain.world import Lock, World
from mock_server.service import Caller, Changes, Events, Scheduler, Service, clocks, generate
from mock_server.stores import Found, MemoryJournal, MemoryShelf, MemoryStore, Store
from mock_server.stores.protocol import Change
from support.clocks import SteppedClock, settle
from support.sandbox import BEHAVIOUR, order

T = TypeVar("T")

LISTED: Mapping[str, Account] = {
    "slow": Account(100, 50, generation_seconds=12),
    "busy": Account(100, 50, lock=Lock("another client", None)),
    "invalid": Account(100, 50, valid=False),
}


class RemoteStore:
    """A store that behaves like one across a network: every call yields, and a change can be called twice."""

    kind = "remote"

    def __init__(self, clock: Clock) -> None:
        self._store = MemoryStore(clock)

    async def read(self, name: str) -> Found:
        await asyncio.sleep(0)
        world = await self._store.read(name)
        await asyncio.sleep(0)
        return world

    async def update(self, name: str, change: Change[T], found: Found | None = None) -> T:
        await asyncio.sleep(0)
        found = found or await self._store.read(name)
        change(found.world, found.at)
        await asyncio.sleep(0)
        outcome = await self._store.update(name, change)
        await asyncio.sleep(0)
        return outcome

    async def delete(self, name: str) -> None:
        await asyncio.sleep(0)
        await self._store.delete(name)

    async def names(self) -> Sequence[str]:
        await asyncio.sleep(0)
        return await self._store.names()

    async def count(self) -> int:
        return await self._store.count()


def no_past(world: str, history: History) -> Sequence[PastImage]:
    del world, history
    return ()


class Desk:
    """A service with a stepped clock. Accounts have 100 credits and a daily limit of 50 images."""

    def __init__(
        self,
        open_store: Callable[[Clock], Store] = MemoryStore,
        clock: Clock | None = None,
        listed: Mapping[str, Account] = LISTED,
        **behaves: Any,
    ) -> None:
        self.real = SteppedClock()
        scheduler, events = Scheduler(clock or self.real), Events()
        self.service = Service(
            invent=no_past,
            accounts=Accounts(listed, Account(100, 50)),
            behaviour=replace(BEHAVIOUR, **behaves),
            clock=clock or self.real,
            store=open_store(clock or self.real),
            journal=MemoryJournal(),
            sources=MemoryShelf[bytes](2**20, len),
            scheduler=scheduler,
            events=events,
            changes=Changes(scheduler, events),
            seed=0,
            generation_seconds=2,
        )
        self._begun = 0

    def caller(self, token: str = "customer") -> Caller:
        caller = self.service.caller(token)
        assert caller
        return caller

    async def world(self, token: str = "customer") -> World:
        return (await self.service.look(self.caller(token))).world

    async def now(self, token: str = "customer") -> Instant:
        return (await self.service.look(self.caller(token))).now

    async def change(self, token: str = "customer", **values: Any) -> None:
        """Set fields of a world."""
        await self.service.change(self.caller(token), lambda world, _: (replace(world, **values), None))

    async def generate(
        self, token: str = "customer", count: int = 1, queues: bool = False, source: str | None = None, **others: Any
    ) -> Outcome | Refusal:
        """Return the outcome of a generation. others: fields of GenerationRequest."""
        self._begun += 1
        start = GenerationRequest(
            f"generation {self._begun}",
            order(count, queues=queues, source=source),
            self.service.generation_seconds,
            **others,
        )
        caller = self.caller(token)
        with self.service.scheduler.in_progress(self.service.clock_of(caller.world)):
            return (await generate(self.service, caller, start, await self.service.look(caller)))[0]

    async def begin(self, token: str = "customer", count: int = 1, **others: Any) -> "asyncio.Task[Outcome | Refusal]":
        """Return a running generation."""
        task = asyncio.ensure_future(self.generate(token, count, **others))
        await settle()
        return task

    async def wait(self, token: str, instant: Instant) -> "asyncio.Task[None]":
        """Return a request that waits until it is `instant` in a world."""
        caller = self.caller(token)

        async def waiting() -> None:
            with self.service.scheduler.in_progress(self.service.clock_of(caller.world)):
                await self.service.wait(caller, instant)

        task = asyncio.ensure_future(waiting())
        await settle()
        return task

    async def freeze(self, token: str = "customer") -> None:
        await clocks.freeze(self.service, self.caller(token))

    async def resume(self, token: str = "customer") -> None:
        await clocks.resume(self.service, self.caller(token))

    async def set_to(self, instant: Instant, token: str = "customer") -> None:
        await clocks.set_to(self.service, self.caller(token), instant)

    async def advance(self, number: float, token: str = "customer") -> None:
        """Advance the clock of a world by `number` seconds."""
        await clocks.advance_by(self.service, self.caller(token), seconds(number))

    async def timepiece(self, token: str = "customer") -> Timepiece:
        """Return the clock of a world that is stored."""
        found = await self.service.store.read(self.service.clock_of(self.caller(token).world))
        assert found.world
        return found.world.clock

    def caller_like(self, token: str) -> Caller:
        """Return the caller that owns a picture: its world, with the default account."""
        caller = self.caller(token)
        return Caller(caller.world, self.service.accounts.default, caller.token)

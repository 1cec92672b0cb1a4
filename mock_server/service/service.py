"""The service: the domain's functions over a store, for one caller at a time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from mock_server.domain import accounts
from mock_server.domain.accounts import Account, Accounts
from mock_server.domain.behaviour import Behaviour
from mock_server.domain.clock import Clock, Instant
from mock_server.domain.faults import SelectedFault, select_faults
from mock_server.domain.history import Invent, add_history
from mock_server.domain.images import titled, world_of
from mock_server.domain.settling import advance_to
from mock_server.domain.timepiece import Timepiece
from mock_server.domain.world import Image, World
from mock_server.stores.protocol import Found, Journal, Shelf, Store

from .changes import Changes
from .counts import RequestCounts
from .events import Events
from .in_progress import InProgress
from .scheduler import Scheduler

T = TypeVar("T")

# Never the name of a token's world, which has 16 hexadecimal digits.
SHARED = "shared"


class Caller(msgspec.Struct, frozen=True):
    """A caller: the name of its world, the account that opens it, and the token, masked."""

    world: str
    account: Account
    token: str


class Seen(msgspec.Struct, frozen=True):
    """A caller's world at `now`, with the lock that applies there. found: the world as stored."""

    world: World
    now: Instant
    found: Found


class FoundImage(msgspec.Struct, frozen=True):
    """An image, the owner of its world, and whether its picture can be fetched."""

    owner: Caller
    image: Image
    ready: bool


@dataclass(frozen=True)
class Service:
    """The state, the settings and the clock that handlers work with.

    sources: uploads by key; generation_seconds: default duration of a generation; invent: makes the images of a
    past; counts: of the requests that this process has answered; in_progress: those that it is answering; instance:
    names the processes that serve as one.
    """

    accounts: Accounts
    behaviour: Behaviour
    clock: Clock
    store: Store
    journal: Journal
    sources: Shelf[bytes]
    scheduler: Scheduler
    events: Events
    changes: Changes
    seed: int
    generation_seconds: float
    invent: Invent
    counts: RequestCounts = field(default_factory=RequestCounts)
    instance: str = ""
    in_progress: InProgress = field(default_factory=InProgress)

    def caller(self, token: str) -> Caller | None:
        """Return the caller with that token, None if it is not valid. [AUTH-401]"""
        account = self.accounts.find(token)
        return Caller(accounts.world_name(token), account, accounts.masked(token)) if account else None

    async def look(self, caller: Caller) -> Seen:
        """Return the caller's world as it is now, with the lock that applies there."""
        shared = await self.shared() if self.is_global else None
        found = await self.store.read(caller.world)
        if found.world is None and caller.account.history:
            # Stored at once: the times of a past may not move, and its pictures are found by the stored world.
            await self.store.update(caller.world, lambda world, at: (world or self._open(caller, at, shared), None))
            found = await self.store.read(caller.world)
        return self._seen(found, caller, shared)

    async def change(
        self, caller: Caller, change: Callable[[World, Instant], tuple[World, T]], seen: Seen | None = None
    ) -> T:
        """Apply a pure function of the caller's world and its time, atomically, and return the outcome.

        seen: the world as it was just seen, which saves reading it again.
        """
        shared = await self.shared() if self.is_global else None
        outcome = await self.store.update(
            caller.world,
            lambda world, at: change(*self._advanced(world, at, caller, shared)),
            seen.found if seen else None,
        )
        self._publish(caller)
        return outcome

    async def retime(self, caller: Caller, change: Callable[[Timepiece, Instant], Timepiece]) -> None:
        """Apply a pure function of the clock and the server's time to the clock of the caller's world."""

        def changed(world: World | None, at: Instant) -> tuple[World, None]:
            seen = self.shared_at(world, at) if self.is_global else self._advanced(world, at, caller, None)[0]
            return replace(seen, clock=change(seen.clock, at)), None

        await self.store.update(self.clock_of(caller.world), changed)
        self._publish(caller)

    async def select_faults(self, caller: Caller, operation: str, seen: Seen) -> tuple[SelectedFault, ...]:
        """Count a request in the fault plans of the caller's world, and return the faults that apply to it."""
        if not seen.world.faults:
            return ()
        return await self.change(caller, lambda world, _: select_faults(world, operation, self.seed), seen)

    async def image(self, title: str) -> FoundImage | None:
        """Return the image with that title, None if no world has it."""
        found = await self.store.read(world_of(title))
        if found.world is None:
            return None
        # Any account will do: an existing world is not opened again.
        caller = Caller(found.world.name, self.accounts.default, found.world.token)
        seen = self._seen(found, caller, await self.shared())
        image = titled(seen.world, title)
        return FoundImage(caller, image, image.ready <= seen.now) if image else None

    async def wait(self, caller: Caller, instant: Instant) -> Seen:
        """Return the caller's world once its clock shows `instant`, or once the world is deleted."""
        # Here, because only requests that wait need the messages of other processes.
        await self.changes.connect()
        self._publish(caller)  # for listeners that show the requests in progress
        return await self.scheduler.wait(self.clock_of(caller.world), caller.world, instant, lambda: self.look(caller))

    def clock_of(self, world: str) -> str:
        """Return the name of the world with the clock that applies: its own, or the shared one. [LOCK-SCOPE]"""
        return SHARED if self.is_global else world

    @cached_property  # every request asks for it
    def is_global(self) -> bool:
        """Whether all worlds have one lock and one clock. [LOCK-SCOPE]"""
        return self.behaviour.lock_scope == "global"

    async def shared(self) -> World | None:
        """Return the world with the lock and the clock that all worlds share, None if each has its own."""
        if not self.is_global:
            return None
        found = await self.store.read(SHARED)
        return self.shared_at(found.world, found.at)

    def shared_at(self, shared: World | None, at: Instant) -> World:
        """Return the shared world at that time of the server."""
        shared = shared or World(SHARED, 0, 0, 0)
        return advance_to(shared, shared.clock.at(at), self.behaviour)

    def _publish(self, caller: Caller) -> None:
        if self.events.wanted:
            self.events.publish("world", caller.world)

    def _seen(self, found: Found, caller: Caller, shared: World | None) -> Seen:
        world, now = self._advanced(found.world, found.at, caller, shared)
        if shared:
            world = replace(world, lock=world.lock or shared.lock, clock=shared.clock)
        return Seen(world, now, found)

    def _advanced(
        self, world: World | None, at: Instant, caller: Caller, shared: World | None
    ) -> tuple[World, Instant]:
        known = world or self._open(caller, at, shared)
        now = (shared or known).clock.at(at)
        return (advance_to(known, now, self.behaviour) if world else known), now

    def _open(self, caller: Caller, at: Instant, shared: World | None) -> World:
        """Return the world that a caller's account opens, at that time of the server."""
        # The clock that all worlds share applies, even if the account has a stopped one.
        account = replace(caller.account, stopped_at=None) if shared else caller.account
        now = shared.clock.at(at) if shared else at
        world = accounts.open_world(caller.world, account, now, self.behaviour, caller.token)
        if account.history is None:
            return world
        past = self.invent(caller.world, account.history)
        return add_history(world, account.history, past, world.clock.at(now), self.behaviour)

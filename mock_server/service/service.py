"""The service: the domain's functions over a store, for one caller at a time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from mock_server.domain import accounts
from mock_server.domain.accounts import Account, Accounts
from mock_server.domain.behaviour import Behaviour
from mock_server.domain.clock import Clock, Instant
from mock_server.domain.faults import Strike, strikes
from mock_server.domain.images import titled, world_of
from mock_server.domain.settling import settled
from mock_server.domain.timepiece import Timepiece
from mock_server.domain.world import Image, World
from mock_server.stores.protocol import Journal, Shelf, Store

from .agenda import Agenda
from .events import Events

T = TypeVar("T")

SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: the name of a world, the account that opens it, and the token, masked."""

    world: str
    account: Account
    token: str


@dataclass(frozen=True, slots=True)
class Service:
    """All that a handler needs. sources: uploads by key; generation_seconds: how long a generation takes."""

    accounts: Accounts
    behaviour: Behaviour
    clock: Clock
    store: Store
    journal: Journal
    sources: Shelf[bytes]
    agenda: Agenda
    events: Events
    seed: int
    generation_seconds: float

    def caller(self, token: str) -> Caller | None:
        """Return whom a token stands for, or None where it is not valid. [AUTH-401]"""
        account = self.accounts.find(token)
        return Caller(accounts.world_name(token), account, accounts.masked(token)) if account else None

    async def world(self, caller: Caller) -> tuple[World, Instant]:
        """Return the caller's world as it is now, with the lock that counts there, and its time."""
        shared = await self.shared()
        world, now = self._seen(await self.store.read(caller.world), caller, shared)
        return (replace(world, lock=world.lock or shared.lock, clock=shared.clock) if shared else world), now

    async def now(self, caller: Caller) -> Instant:
        """Return the time in the caller's world."""
        return (await self.world(caller))[1]

    async def change(self, caller: Caller, change: Callable[[World, Instant], tuple[World, T]]) -> T:
        """Apply a pure function of the caller's settled world and its time, atomically, and return the outcome."""
        shared = await self.shared()
        outcome = await self.store.update(caller.world, lambda world: change(*self._seen(world, caller, shared)))
        if self.events.heard:
            self.events.tell("world", caller.world)
        return outcome

    async def visit(self, caller: Caller, operation: str) -> tuple[Instant, tuple[Strike, ...]]:
        """Return the time at which a request for an operation comes, and the faults that strike it."""
        world, now = await self.world(caller)
        if not world.faults:
            return now, ()
        return now, await self.change(caller, lambda world, _: strikes(world, operation, self.seed))

    async def image(self, title: str) -> tuple[Caller, Image] | None:
        """Return the image of that title with whose it is, or None where no world keeps it."""
        world = await self.store.read(world_of(title))
        if world is None:
            return None
        caller = Caller(world.name, self.accounts.default, world.token)
        world, now = await self.world(caller)
        image = titled(world, title)
        return (caller, image) if image and image.ready <= now else None

    async def wait(self, caller: Caller, instant: Instant) -> None:
        """Return when it is `instant` in the caller's world, or when that world is let go."""
        await self.agenda.wait(self.clock_of(caller.world), caller.world, instant, lambda: self._timepiece(caller))

    def clock_of(self, world: str) -> str:
        """Return the name of the world whose clock counts: its own, or the one for all. [LOCK-SCOPE]"""
        return SHARED if self.is_global else world

    @property
    def is_global(self) -> bool:
        """Whether all worlds have one lock and one clock."""
        return self.behaviour.lock_scope == "global"

    async def shared(self) -> World | None:
        """Return what all worlds share, as it is now: a lock and a clock; None where each has its own."""
        return self.settled_shared(await self.store.read(SHARED)) if self.is_global else None

    def settled_shared(self, shared: World | None) -> World:
        """Return what all worlds share, as it is now."""
        shared = shared or World(SHARED, 0, 0, 0)
        return settled(shared, shared.clock.at(self.clock.now()), self.behaviour)

    def _seen(self, world: World | None, caller: Caller, shared: World | None) -> tuple[World, Instant]:
        real = self.clock.now()
        world = world or self._opened(caller, shared.clock.at(real) if shared else None)
        now = (shared or world).clock.at(real)
        return settled(world, now, self.behaviour), now

    def _opened(self, caller: Caller, now: Instant | None) -> World:
        """Return the world that a caller's account opens. now: what the clock shows that all worlds share, if any."""
        account = caller.account if now is None else replace(caller.account, stopped_at=None)
        at = self.clock.now() if now is None else now
        return accounts.open_world(caller.world, account, at, self.behaviour, caller.token)

    async def _timepiece(self, caller: Caller) -> Timepiece:
        return (await self.world(caller))[0].clock

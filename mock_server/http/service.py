"""The service: the domain's functions over a store, for one caller at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

from mock_server.domain import accounts
from mock_server.domain.accounts import Account, Accounts
from mock_server.domain.behaviour import Behaviour
from mock_server.domain.clock import Clock
from mock_server.domain.generation import Beginning, begin, fail, finish
from mock_server.domain.refusals import Refusal
from mock_server.domain.world import Generation, Image, Order, World
from mock_server.stores.protocol import Shelf, Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: the name of a world, and the account that opens it."""

    world: str
    account: Account


@dataclass(frozen=True, slots=True)
class Service:
    """All that a handler needs. sources: uploads by key; images: those made, by title."""

    accounts: Accounts
    behaviour: Behaviour
    clock: Clock
    store: Store
    sources: Shelf[bytes]
    images: Shelf[Image]
    seed: int
    generation_seconds: float

    def caller(self, token: str) -> Caller | None:
        """Return whom a token stands for, or None where it is not valid. [AUTH-401]"""
        account = self.accounts.find(token)
        return Caller(accounts.world_name(token), account) if account else None

    def opened(self, caller: Caller) -> World:
        """Return the caller's world as it is when first seen."""
        return accounts.open_world(caller.world, caller.account, self.clock.now())

    async def world(self, caller: Caller) -> World:
        """Return the caller's world as it is now."""
        world = await self.store.read(caller.world) or self.opened(caller)
        return world.settled(self.clock.now())

    async def change(self, caller: Caller, change: Callable[[World], tuple[World, T]]) -> T:
        """Apply a pure function to the caller's world, atomically, and return the outcome."""
        return await self.store.update(caller.world, lambda world: change(world or self.opened(caller)))

    async def generate(self, caller: Caller, order: Order) -> tuple[Image, ...] | Refusal:
        """Make what was ordered, or refuse. Takes as long as a generation takes."""
        begun = await self._begin(caller, order)
        if isinstance(begun, Refusal):
            return begun
        try:
            await self.clock.sleep_until(begun.ends)
            made = await self.change(
                caller,
                lambda world: finish(world, begun, self.clock.now(), self.behaviour, self.seed),
            )
        except BaseException:
            await self.change(caller, lambda world: fail(world, begun, self.clock.now(), self.behaviour))
            raise
        if not isinstance(made, Refusal):
            for image in made:
                await self.images.put(image.title, image)
        return made

    async def _begin(self, caller: Caller, order: Order) -> Generation | Refusal:
        start = Beginning(uuid4().hex, order, self.generation_seconds)
        return await self.change(caller, lambda world: begin(world, start, self.clock.now(), self.behaviour))

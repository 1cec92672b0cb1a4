"""Clocks of worlds: freeze, set, advance. What falls due on the way happens, in order, before they return."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Literal

from msgspec.structs import replace

from mock_server.domain import days
from mock_server.domain.clock import Instant, checked
from mock_server.domain.timepiece import Timepiece

from .service import SHARED, Caller, Service

Edge = Literal["lock-expiry", "generation-end", "day-reset"]


class NoEdgeError(ValueError):
    """There is no such edge in the world as it is. The message says why."""


async def freeze(service: Service, caller: Caller) -> None:
    """Let the world's time stand still."""
    async with _moving(service, caller):
        await _retime(service, caller, Timepiece.frozen)


async def resume(service: Service, caller: Caller) -> None:
    """Let the world's time run on from where it stands."""
    async with _moving(service, caller):
        await _retime(service, caller, Timepiece.running)


async def set_to(service: Service, caller: Caller, instant: Instant) -> None:
    """Let it be `instant`. Forwards, what falls due happens; backwards, nothing that has happened is undone.

    Raise ValueError where it is too far away.
    """
    checked(instant)
    async with _moving(service, caller):
        if instant < (await service.look(caller)).now:
            await _back(service, caller, instant)
        else:
            await _pass(service, caller, instant)


async def advance(service: Service, caller: Caller, target: Instant) -> None:
    """Let time pass until it is `target`, stopping at each instant that a request waits for until that is done.

    Raise ValueError where it is too far away.
    """
    checked(target)
    async with _moving(service, caller):
        await _pass(service, caller, target)


async def advance_by(service: Service, caller: Caller, duration: int) -> None:
    """Let so many microseconds pass as `advance` does, whoever else moves the clock. Raise ValueError."""
    async with _moving(service, caller):
        await _pass(service, caller, checked((await service.look(caller)).now + duration))


async def edge(service: Service, caller: Caller, name: Edge) -> Instant:
    """Return the next instant of that kind; raise NoEdgeError."""
    seen = await service.look(caller)
    world = seen.world
    if name == "day-reset":
        return days.next_day(seen.now, service.behaviour)
    if name == "generation-end":
        return min((each.ends for each in world.running), default=None) or _no_edge("no generation is under way")
    if world.lock is None:
        return _no_edge("nobody holds the lock")
    return world.lock.until or _no_edge("the lock is held for ever")


def _no_edge(why: str) -> Instant:
    raise NoEdgeError(why)


def _moving(service: Service, caller: Caller) -> AbstractAsyncContextManager[None]:
    return service.neighbourhood.moving(service.clock_of(caller.world))


async def _pass(service: Service, caller: Caller, target: Instant) -> None:
    name = service.clock_of(caller.world)
    due = await service.neighbourhood.happened(name, None, target)
    while due is not None:
        await _forward(service, caller, due)
        due = await service.neighbourhood.happened(name, due, target)
    await _forward(service, caller, target)


async def _forward(service: Service, caller: Caller, instant: Instant) -> None:
    await _retime(service, caller, lambda piece, real: piece.set(max(instant, piece.at(real)), real))


async def _back(service: Service, caller: Caller, instant: Instant) -> None:
    """Set the clock back, when all that fell due in the worlds that it counts for has happened."""
    for name in await service.store.names() if service.is_global else []:
        if name != SHARED:
            await service.change(replace(caller, world=name), lambda world, _: (world, None))
    await _retime(service, caller, lambda piece, real: piece.set(instant, real))


async def _retime(service: Service, caller: Caller, change: Callable[[Timepiece, Instant], Timepiece]) -> None:
    await service.retime(caller, change)
    service.agenda.ring(service.clock_of(caller.world))

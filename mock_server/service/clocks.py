"""Clocks of worlds: freeze, set, advance. All that falls due in this process happens, in order, before they return."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Literal

from msgspec.structs import replace

from mock_server.domain import days, rates
from mock_server.domain.clock import Instant, checked
from mock_server.domain.timepiece import Timepiece

from .service import SHARED, Caller, Service

Edge = Literal["lock-expiry", "generation-end", "day-reset", "rate-reset"]


class NoEdgeError(ValueError):
    """The world has no such edge. The message is the reason."""


async def freeze(service: Service, caller: Caller) -> None:
    """Stop the world's clock."""
    async with _moving(service, caller):
        await _retime(service, caller, Timepiece.frozen)


async def resume(service: Service, caller: Caller) -> None:
    """Resume the world's clock from the time that it shows."""
    async with _moving(service, caller):
        await _retime(service, caller, Timepiece.running)


async def set_to(service: Service, caller: Caller, instant: Instant) -> None:
    """Set the clock. Forwards, due events happen; backwards, past events are not undone.

    Raise ValueError if the instant cannot be shown.
    """
    checked(instant)
    async with _moving(service, caller):
        if instant < (await service.look(caller)).now:
            await _back(service, caller, instant)
        else:
            await _pass(service, caller, instant)


async def advance(service: Service, caller: Caller, target: Instant) -> None:
    """Advance the clock to `target`, stopping at each instant that a request of this process waits for until that
    request waits again or is answered; raise ValueError if the target cannot be shown.
    """
    checked(target)
    async with _moving(service, caller):
        await _pass(service, caller, target)


async def advance_by(service: Service, caller: Caller, duration: int) -> None:
    """Advance by a number of microseconds, in addition to concurrent calls; raise ValueError if the resulting instant
    cannot be shown.
    """
    name = service.clock_of(caller.world)
    async with _moving(service, caller):
        checked((await service.look(caller)).now + duration)
        await service.scheduler.idle(name)
        left = max(0, duration)
        while (due := service.scheduler.next_due(name, (now := (await service.look(caller)).now) + left)) is not None:
            step = max(0, due - now)
            await _shift(service, caller, step)
            left -= step
            await service.scheduler.run_due(name, due)
        await _shift(service, caller, left)


async def edge(service: Service, caller: Caller, name: Edge) -> Instant:
    """Return the next instant of that kind; raise NoEdgeError."""
    seen = await service.look(caller)
    world = seen.world
    if name == "day-reset":
        return days.next_day(seen.now, service.behaviour)
    if name == "rate-reset":
        return rates.next_minute(seen.now)
    if name == "generation-end":
        return min((each.ends for each in world.running), default=None) or _no_edge("no generation is running")
    if world.lock is None:
        return _no_edge("the lock is free")
    return world.lock.until or _no_edge("the lock is held forever")


def _no_edge(why: str) -> Instant:
    raise NoEdgeError(why)


def _moving(service: Service, caller: Caller) -> AbstractAsyncContextManager[None]:
    return service.scheduler.moving(service.clock_of(caller.world))


async def _pass(service: Service, caller: Caller, target: Instant) -> None:
    name = service.clock_of(caller.world)
    # A request that is still busy may be about to wait for an instant before the target.
    await service.scheduler.idle(name)
    while (due := service.scheduler.next_due(name, target)) is not None:
        await _forward(service, caller, due)
        await service.scheduler.run_due(name, due)
    await _forward(service, caller, target)


async def _forward(service: Service, caller: Caller, instant: Instant) -> None:
    # A running clock may be beyond the instant already, and time does not go back here.
    await _retime(service, caller, lambda piece, real: piece.set(max(instant, piece.at(real)), real))


async def _shift(service: Service, caller: Caller, duration: int) -> None:
    # Relative, since another process may move the clock between a look and the write.
    await _retime(service, caller, lambda piece, real: piece.set(checked(piece.at(real) + duration), real))


async def _back(service: Service, caller: Caller, instant: Instant) -> None:
    """Set the clock back, after what is due in every world of that clock has been stored."""
    # The end of a generation is derived on read: what is not stored would be undone.
    for name in await service.store.names() if service.is_global else []:
        if name != SHARED:
            await service.change(replace(caller, world=name), lambda world, _: (world, None))
    await _retime(service, caller, lambda piece, real: piece.set(instant, real))


async def _retime(service: Service, caller: Caller, change: Callable[[Timepiece, Instant], Timepiece]) -> None:
    await service.retime(caller, change)
    await service.changes.clock_moved(service.clock_of(caller.world))

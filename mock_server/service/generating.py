"""Generating: begin, let time pass, and see what came of it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from mock_server.domain.clock import Instant, seconds
from mock_server.domain.generation import Beginning, Outcome, begin, cancel, outcome, refused
from mock_server.domain.refusals import Refusal, locked
from mock_server.domain.world import Generation, Lock, World

from .service import SHARED, Caller, Service


class GenerationLostError(Exception):
    """The world that a generation ran in was reset, so nothing came of it."""


async def generate(service: Service, caller: Caller, start: Beginning) -> Outcome | Refusal:
    """Return what came of a generation, or why it was refused. Takes as long as the generation takes.

    Return None at once where nobody waits for its end. Raise GenerationLostError.
    """
    begun = await (_begin_shared if service.is_global else _begin)(service, caller, start)
    if isinstance(begun, Refusal):
        return begun
    if not start.awaited:
        return None
    try:
        await service.wait(caller, begun.ends)
    except asyncio.CancelledError:
        await _cancel(service, caller, begun)
        raise
    world, _ = await service.world(caller)
    came = outcome(world, begun)
    if came is None:
        raise GenerationLostError
    return came


async def earlier_refusal(service: Service, caller: Caller, count: int) -> Refusal | None:
    """Return what refuses a request before its parameters are looked at. [ORDER]"""
    order = list(service.behaviour.refusal_order)
    earlier = order[: order.index(422)]
    if not earlier:
        return None
    world, now = await service.world(caller)
    return refused(world, count, now, service.behaviour, earlier)


async def hand_over(service: Service, holder: str, lock: Lock | None) -> None:
    """Have all worlds share another lock or none, unless somebody else than `holder` has it by now. [LOCK-SCOPE]"""
    await _change_shared(service, lambda shared: (_replaced(shared, holder, lock), None))


async def _begin(service: Service, caller: Caller, start: Beginning) -> Generation | Refusal:
    return await service.change(caller, lambda world, now: begin(world, start, now, service.behaviour))


async def _begin_shared(service: Service, caller: Caller, start: Beginning) -> Generation | Refusal:
    """Take the lock that all worlds share before the caller's world is asked, and let go of it if that refuses.

    Whoever dies in between leaves a lock that expires.
    """
    world, now = await service.world(caller)
    refusal = refused(world, start.order.count, now, service.behaviour)
    if refusal:
        return refusal
    lock = Lock(start.id, now + seconds(service.behaviour.lock_seconds))
    refusal = await _change_shared(service, lambda shared: _taken(shared, lock))
    if refusal:
        return refusal
    begun, own = await service.change(caller, lambda world, now: _begun(world, start, now, service))
    await hand_over(service, start.id, own)
    return begun


def _begun(
    world: World, start: Beginning, now: Instant, service: Service
) -> tuple[World, tuple[Generation | Refusal, Lock | None]]:
    world, begun = begin(world, start, now, service.behaviour)
    return world, (begun, world.lock if isinstance(begun, Generation) else None)


def _taken(shared: World, lock: Lock) -> tuple[World, Refusal | None]:
    return (shared, locked(shared.lock)) if shared.lock else (replace(shared, lock=lock), None)


def _replaced(shared: World, holder: str, lock: Lock | None) -> World:
    return replace(shared, lock=lock) if shared.lock and shared.lock.holder == holder else shared


async def _cancel(service: Service, caller: Caller, begun: Generation) -> None:
    lock = await service.change(caller, lambda world, _: _cancelled(world, begun))
    if service.is_global:
        await hand_over(service, begun.id, lock)


def _cancelled(world: World, begun: Generation) -> tuple[World, Lock | None]:
    world = cancel(world, begun)
    return world, world.lock


async def _change_shared(service: Service, change: Callable[[World], tuple[World, Refusal | None]]) -> Refusal | None:
    return await service.store.update(SHARED, lambda shared: change(service.settled_shared(shared)))

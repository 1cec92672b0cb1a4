"""Generating: begin, wait for the end, and return the outcome."""

import asyncio
from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from mock_server.domain.clock import Instant, seconds
from mock_server.domain.generation import (
    GenerationRequest,
    Outcome,
    begin,
    cancel,
    outcome,
    refuse_invalid,
    remaining_lock,
)
from mock_server.domain.refusals import INVALID, Refusal, before_invalid, locked, refuse
from mock_server.domain.world import Demand, Generation, Lock, World

from .service import SHARED, Caller, Seen, Service


class _Begun(msgspec.Struct, frozen=True):
    """A generation that began at `now`, or its refusal. lock: the one it holds; outcome: None until it has ended."""

    generation: Generation | Refusal
    now: Instant
    lock: Lock | None = None
    outcome: Outcome = None


class GenerationLostError(Exception):
    """The world of a generation was reset, so it has no outcome."""


async def generate(
    service: Service, caller: Caller, start: GenerationRequest, seen: Seen
) -> tuple[Outcome | Refusal, Instant]:
    """Return the outcome of a generation, or its refusal, and the instant. Takes as long as the generation takes.

    seen: the world as the request found it. Return None at once where the reply is not awaited; raise
    GenerationLostError where the world is reset meanwhile.
    """
    begun = await (_begin_shared if service.is_global else _begin)(service, caller, start, seen)
    if isinstance(begun.generation, Refusal):
        return begun.generation, begun.now
    if not start.awaited:
        return None, begun.now
    if begun.outcome is not None:
        return begun.outcome, begun.now
    return await _ended(service, caller, begun.generation)


async def _ended(service: Service, caller: Caller, generation: Generation) -> tuple[Outcome, Instant]:
    try:
        seen = await service.wait(caller, generation.ends)
    except asyncio.CancelledError:
        # The mock stops, or the client is gone: an account must not pay for a reply that is never sent.
        await _cancel(service, caller, generation)
        raise
    result = outcome(seen.world, generation)
    if result is None:
        raise GenerationLostError
    return result, seen.now


async def earlier_refusal(service: Service, caller: Caller, request: str, demand: Demand, seen: Seen) -> Refusal | None:
    """Return the refusal that precedes that of invalid parameters, or None. [ORDER]

    request: its id; it may leave a lock behind. [LOCK-RELEASE]
    """
    behaviour = service.behaviour
    if not remaining_lock(request, INVALID, seen.now, behaviour):
        return before_invalid(seen.world, demand, seen.now, behaviour)
    if service.is_global:
        refusal = before_invalid(seen.world, demand, seen.now, behaviour)
        return await _leave_shared(service, request, refusal.code if refusal else INVALID, seen) or refusal
    return await service.change(caller, lambda world, now: refuse_invalid(world, request, demand, now, behaviour), seen)


async def hand_over(service: Service, holder: str, lock: Lock | None) -> None:
    """Replace the lock that all worlds share, unless a holder other than `holder` has it by now. [LOCK-SCOPE]"""
    await _change_shared(service, lambda shared: (_replaced(shared, holder, lock), None))


async def _begin(service: Service, caller: Caller, start: GenerationRequest, seen: Seen) -> _Begun:
    return await service.change(caller, lambda world, now: _begun(world, start, now, service), seen)


async def _begin_shared(service: Service, caller: Caller, start: GenerationRequest, seen: Seen) -> _Begun:
    """Take the lock that all worlds share, then begin in the caller's world, and free the lock if that refuses."""
    # A request that its own world refuses must not hold the lock of all, however briefly.
    refusal = refuse(seen.world, start.order.demand, seen.now, service.behaviour)
    if refusal:
        return _Begun(await _leave_shared(service, start.id, refusal.code, seen) or refusal, seen.now)
    # With its expiry, and held by this request: a process that dies before hand_over leaves a lock that expires.
    lock = Lock(start.id, seen.now + seconds(service.behaviour.lock_seconds))
    refusal = await _change_shared(service, lambda shared: _taken(shared, lock))
    if refusal:
        return _Begun(refusal, seen.now)
    begun = await _begin(service, caller, start, seen)
    await hand_over(service, start.id, begun.lock)
    return begun


def _begun(world: World, start: GenerationRequest, now: Instant, service: Service) -> tuple[World, _Begun]:
    world, generation = begin(world, start, now, service.behaviour)
    if isinstance(generation, Refusal):
        # The lock that the refused request leaves behind, not that of another generation.
        return world, _Begun(generation, now, world.lock if world.lock and world.lock.holder == start.id else None)
    return world, _Begun(generation, now, world.lock, outcome(world, generation) if generation.ends <= now else None)


async def _leave_shared(service: Service, request: str, code: str, seen: Seen) -> Refusal | None:
    """Take the lock that all worlds share if a request refused with this code leaves it; return its refusal if held."""
    lock = remaining_lock(request, code, seen.now, service.behaviour)
    return await _change_shared(service, lambda shared: _taken(shared, lock)) if lock else None


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
    return await service.store.update(SHARED, lambda shared, at: change(service.shared_at(shared, at)))

"""A generation: begin, and what becomes of it. Each takes a settled world and now. Its end is a matter of settling."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec
from msgspec.structs import replace

from . import days, refusals
from .behaviour import Behaviour
from .clock import Instant, seconds
from .refusals import Refusal
from .settling import settled
from .world import Generation, Image, Lock, Order, World


class Beginning(msgspec.Struct, frozen=True):
    """What begin needs beside the world. id: unlike that of any other generation; seconds: how long one takes,
    unless the world has a time of its own.

    Faults change the rest. forced_seconds: how long this one takes, whatever else is said; failure: the message that
    it ends with instead of images; lock: "rule" as LOCK-RELEASE has it, "expiry" not freed when it ends, "forever"
    not even freed then; awaited: False where nobody waits for its end.
    """

    id: str
    order: Order
    seconds: float
    forced_seconds: float | None = None
    failure: str | None = None
    lock: Literal["rule", "expiry", "forever"] = "rule"
    awaited: bool = True


class Failure(msgspec.Struct, frozen=True):
    """A generation that ended without images. message: what the client is told."""

    message: str


Outcome = tuple[Image, ...] | Failure | None


def availability(world: World) -> Refusal | None:
    """Return why no generation can start, or None. [LOCK-CHECK, LOCK-CHECK-PURE]"""
    return refusals.busy(world.lock) if world.lock else None


def begin(world: World, start: Beginning, now: Instant, behaviour: Behaviour) -> tuple[World, Generation | Refusal]:
    """Take the lock and reserve the cost, or refuse and change nothing. [LOCK-ONE, DAILY-429, CREDIT-419]"""
    refusal = refused(world, start.order.count, now, behaviour)
    if refusal:
        return world, refusal
    generation = _generation(world, start, now, behaviour)
    world = replace(world, lock=_lock(start, generation, now, behaviour), running=(*world.running, generation))
    return settled(world, now, behaviour), generation


def cancel(world: World, generation: Generation) -> World:
    """Give everything back, unless it has ended already. [CREDIT-ATOMIC, LOCK-RELEASE]"""
    running = tuple(each for each in world.running if each.id != generation.id)
    if running == world.running:
        return world
    own = world.lock is not None and world.lock.holder == generation.id
    return replace(world, lock=None if own else world.lock, running=running)


def outcome(world: World, generation: Generation) -> Outcome:
    """Return the images of a generation that has ended, oldest first, or its failure; None if the world has none."""
    if generation.failure is not None:
        return Failure(generation.failure)
    own = itertools.dropwhile(lambda image: image.generation != generation.id, world.images)  # they stand together
    made = list(itertools.takewhile(lambda image: image.generation == generation.id, own))
    return tuple(reversed(made)) or None


def refused(
    world: World, count: int, now: Instant, behaviour: Behaviour, statuses: Iterable[int] | None = None
) -> Refusal | None:
    """Return the first rule that refuses an order of `count` images, of those with `statuses`. [ORDER]"""
    for status in behaviour.refusal_order if statuses is None else statuses:
        refusal = status in _CHECKS and _CHECKS[status](world, count, now, behaviour)
        if refusal:
            return refusal
    return None


def _locked(world: World, count: int, now: Instant, behaviour: Behaviour) -> Refusal | None:
    del count, now, behaviour
    return refusals.locked(world.lock) if world.lock else None


def _over_the_limit(world: World, count: int, now: Instant, behaviour: Behaviour) -> Refusal | None:
    allowance = _allowance(count, behaviour)
    reserved = sum([each.allowance for each in world.running])
    if world.used + reserved + allowance <= world.daily_limit:
        return None
    resets_at = days.next_day(now, behaviour) if allowance <= world.daily_limit else None
    return refusals.daily_limit(resets_at, world.daily_limit, world.used, reserved)


def _short_of_credits(world: World, count: int, now: Instant, behaviour: Behaviour) -> Refusal | None:
    del now
    price = count * behaviour.credits_per_image
    need = price if behaviour.credit_need == "all" else min(price, 1)
    free = _free_credits(world)
    return refusals.no_credits(free, need) if free < need else None


_CHECKS: Mapping[int, Callable[[World, int, Instant, Behaviour], Refusal | None]] = {
    409: _locked,
    429: _over_the_limit,
    419: _short_of_credits,
}


def _generation(world: World, start: Beginning, now: Instant, behaviour: Behaviour) -> Generation:
    queued = start.order.engine == "flux-pro" and behaviour.flux_pro_answer == "queued"
    ready = now + seconds(_seconds(world, start))
    ends = now if queued else ready
    price = min(start.order.count * behaviour.credits_per_image, _free_credits(world))
    allowance = _allowance(start.order.count, behaviour)
    return Generation(start.id, start.order, price, allowance, ends, ready, start.failure)


def _seconds(world: World, start: Beginning) -> float:
    if start.forced_seconds is not None:
        return start.forced_seconds
    return start.seconds if world.generation_seconds is None else world.generation_seconds


def _lock(start: Beginning, generation: Generation, now: Instant, behaviour: Behaviour) -> Lock:
    freed = start.lock == "rule" and behaviour.lock_release == "completion"
    until = None if start.lock == "forever" else now + seconds(behaviour.lock_seconds)
    return Lock(start.id, until, generation.ends if freed else None)


def _allowance(count: int, behaviour: Behaviour) -> int:
    return count if behaviour.daily_unit == "images" else 1


def _free_credits(world: World) -> int:
    return world.credits - sum([each.credits for each in world.running])

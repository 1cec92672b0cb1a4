"""A generation: its begin and its outcome. The functions take a world advanced to `now`; `settling` ends it."""

import itertools
from typing import Literal

import msgspec
from msgspec.structs import replace

from . import charges, refusals
from .behaviour import Behaviour
from .clock import Instant, seconds
from .refusals import Refusal
from .settling import advance_to
from .world import Demand, Generation, Image, Lock, Order, World


class GenerationRequest(msgspec.Struct, frozen=True):
    """The input of `begin`. id: unique; seconds: duration of a generation, unless the world or its engine has its own.

    Faults change the rest. forced_seconds: duration of this generation, before all others; failure: message that it
    ends with instead of images; lock: "rule" to follow LOCK-RELEASE, "expiry" not to free it when the generation ends,
    "forever" never to free it; awaited: False to reply without waiting for the end; kept: the images that it makes
    before it fails.
    """

    id: str
    order: Order
    seconds: float
    forced_seconds: float | None = None
    failure: str | None = None
    lock: Literal["rule", "expiry", "forever"] = "rule"
    awaited: bool = True
    kept: int = 0


class Failure(msgspec.Struct, frozen=True):
    """A generation that ended without images. message: of the reply."""

    message: str


Outcome = tuple[Image, ...] | Failure | None


def availability(world: World) -> Refusal | None:
    """Return the refusal of check-availability, or None. [LOCK-CHECK, LOCK-CHECK-PURE]"""
    return refusals.busy(world.lock) if world.lock else None


def begin(
    world: World, request: GenerationRequest, now: Instant, behaviour: Behaviour
) -> tuple[World, Generation | Refusal]:
    """Return the world with the lock taken and the cost reserved, or after the refusal.

    [LOCK-ONE, DAILY-429, CREDIT-419]
    """
    refusal = refusals.refuse(world, request.order.demand, now, behaviour)
    if refusal:
        return _refused(world, request.id, refusal.code, now, behaviour), refusal
    generation = _generation(world, request, now, behaviour)
    world = replace(world, lock=_lock(request, generation, now, behaviour), running=(*world.running, generation))
    # A generation without duration ends at this instant, and so does a queued one.
    return advance_to(world, now, behaviour), generation


def refuse_invalid(
    world: World, holder: str, demand: Demand, now: Instant, behaviour: Behaviour
) -> tuple[World, Refusal | None]:
    """Return the world after a request with invalid parameters, and the refusal that precedes theirs, or None.

    [ORDER, LOCK-RELEASE]
    """
    earlier = refusals.before_invalid(world, demand, now, behaviour)
    return _refused(world, holder, earlier.code if earlier else refusals.INVALID, now, behaviour), earlier


def remaining_lock(holder: str, code: str, now: Instant, behaviour: Behaviour) -> Lock | None:
    """Return the lock that a request leaves behind that was refused with this code, None if it took none or freed it.

    Where a request takes the lock, it does so at the place of "locked" in the order of refusals. [LOCK-RELEASE]
    """
    if behaviour.lock_taken != "request" or behaviour.lock_release != "expiry":
        return None
    order = behaviour.refusal_order
    return Lock(holder, now + seconds(behaviour.lock_seconds)) if order.index(code) > order.index("locked") else None


def _refused(world: World, holder: str, code: str, now: Instant, behaviour: Behaviour) -> World:
    lock = remaining_lock(holder, code, now, behaviour)
    return replace(world, lock=lock) if lock else world


def cancel(world: World, generation: Generation) -> World:
    """Return the world without lock and reserves of a generation, unless it has ended. [CREDIT-ATOMIC, LOCK-RELEASE]"""
    running = tuple(each for each in world.running if each.id != generation.id)
    if running == world.running:
        return world  # it has ended: a lock that outlives its generation stays
    # By now the lock may have expired, and be that of another generation.
    own = world.lock is not None and world.lock.holder == generation.id
    return replace(world, lock=None if own else world.lock, running=running)


def outcome(world: World, generation: Generation) -> Outcome:
    """Return the images of an ended generation, oldest first, or its failure; None if the world has neither."""
    if generation.failure is not None:
        return Failure(generation.failure)
    # The images of a generation are adjacent, and mostly the first: a filter would compare all 100.
    own = itertools.dropwhile(lambda image: image.generation != generation.id, world.images)
    made = list(itertools.takewhile(lambda image: image.generation == generation.id, own))
    return tuple(reversed(made)) or None


def _generation(world: World, request: GenerationRequest, now: Instant, behaviour: Behaviour) -> Generation:
    order = request.order
    ready = now + seconds(_seconds(world, request, behaviour))
    # Where any credit suffices (credit_need), the account may have less than the price.
    price = min(charges.price(world, order.demand, behaviour), charges.free_credits(world))
    allowance = charges.allowance(world, order.demand, behaviour)
    return Generation(
        request.id, order, price, allowance, now if order.queues else ready, ready, request.failure, request.kept
    )


def _seconds(world: World, request: GenerationRequest, behaviour: Behaviour) -> float:
    if request.forced_seconds is not None:
        return request.forced_seconds
    if world.generation_seconds is not None:
        return world.generation_seconds
    return behaviour.generation_seconds.get(request.order.engine, request.seconds)


def _lock(request: GenerationRequest, generation: Generation, now: Instant, behaviour: Behaviour) -> Lock:
    freed = request.lock == "rule" and behaviour.lock_release == "completion"
    until = None if request.lock == "forever" else now + seconds(behaviour.lock_seconds)
    # A queued generation ends with its reply, before its picture is ready. [QUEUED]
    end = generation.ready if behaviour.queued_lock == "picture" else generation.ends
    return Lock(request.id, until, end if freed else None)

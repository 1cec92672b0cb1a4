"""A generation: begin, finish, fail. Each takes a world and now, and returns the next world with the outcome."""

from dataclasses import dataclass, replace
from typing import Literal

from . import refusals
from .behaviour import Behaviour
from .clock import DAY, Instant, seconds
from .images import make
from .refusals import Refusal
from .world import Generation, Image, Lock, Order, World

KEPT_IMAGES = 100
_GRACE = seconds(30)


@dataclass(frozen=True, slots=True)
class Beginning:
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


def availability(world: World, now: Instant) -> Refusal | None:
    """Return why no generation can start at `now`, or None. [LOCK-CHECK, LOCK-CHECK-PURE]"""
    lock = world.settled(now).lock
    return refusals.locked(lock.until) if lock else None


def begin(world: World, start: Beginning, now: Instant, behaviour: Behaviour) -> tuple[World, Generation | Refusal]:
    """Take the lock and reserve the cost, or refuse and change nothing. [LOCK-ONE, DAILY-429, CREDIT-419]"""
    world = world.settled(now)
    refusal = _refusal(world, start.order, now, behaviour)
    if refusal:
        return world, refusal
    ends = now + seconds(start.seconds if world.generation_seconds is None else world.generation_seconds)
    generation = Generation(
        id=start.id,
        order=start.order,
        credits=min(_price(start.order, behaviour), _free_credits(world)),
        allowance=_allowance(start.order, behaviour),
        ends=ends,
        lapses=ends + _GRACE,
    )
    lock = Lock(start.id, now + seconds(behaviour.lock_seconds))
    return replace(world, lock=lock, running=(*world.running, generation)), generation


def finish(
    world: World, generation: Generation, now: Instant, behaviour: Behaviour, seed: int
) -> tuple[World, tuple[Image, ...] | Refusal]:
    """Charge, record the images and free the lock. [CREDIT-COST, LOCK-RELEASE]

    A generation that lapsed has no reservation any more, so it must pass again before it can charge. One that has
    finished already is left as it is.
    """
    world = world.settled(now)
    already = tuple(image for image in reversed(world.images) if image.generation == generation.id)
    if already:
        return world, already
    lapsed = generation not in world.running
    world = _released(world, generation, behaviour)
    if lapsed and (refusal := _refusal(replace(world, lock=None), generation.order, now, behaviour)):
        return world, refusal
    made = make(world, generation, now, seed)
    world = replace(
        world,
        credits=world.credits - min(generation.credits, world.credits),
        used=world.used + generation.allowance,
        made=world.made + len(made),
        images=(*reversed(made), *world.images)[:KEPT_IMAGES],
    )
    return world, made


def fail(world: World, generation: Generation, now: Instant, behaviour: Behaviour) -> tuple[World, None]:
    """Give everything back. [CREDIT-ATOMIC, LOCK-RELEASE]"""
    return _released(world.settled(now), generation, behaviour), None


def _refusal(world: World, order: Order, now: Instant, behaviour: Behaviour) -> Refusal | None:
    """Return the first rule that refuses the order, in the order lock, daily limit, credits. [ORDER]"""
    if world.lock:
        return refusals.locked(world.lock.until)
    allowance = _allowance(order, behaviour)
    if world.used + _reserved_allowance(world) + allowance > world.daily_limit:
        return refusals.daily_limit((now // DAY + 1) * DAY if allowance <= world.daily_limit else None)
    if _free_credits(world) < _need(order, behaviour):
        return refusals.NO_CREDITS
    return None


def _released(world: World, generation: Generation, behaviour: Behaviour) -> World:
    """Return the world without the generation, and without the lock if it is the one that holds it."""
    own = world.lock is not None and world.lock.holder == generation.id
    kept = world.lock if not own or behaviour.lock_release == "expiry" else None
    return replace(world, lock=kept, running=tuple(each for each in world.running if each.id != generation.id))


def _price(order: Order, behaviour: Behaviour) -> int:
    return order.count * behaviour.credits_per_image


def _need(order: Order, behaviour: Behaviour) -> int:
    price = _price(order, behaviour)
    return price if behaviour.credit_need == "all" else min(price, 1)


def _allowance(order: Order, behaviour: Behaviour) -> int:
    return order.count if behaviour.daily_unit == "images" else 1


def _free_credits(world: World) -> int:
    return world.credits - sum(each.credits for each in world.running)


def _reserved_allowance(world: World) -> int:
    return sum(each.allowance for each in world.running)

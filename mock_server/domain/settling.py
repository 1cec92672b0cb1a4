"""Settling: apply the events of a world that are due, in order, each at its own instant. Nothing runs on a timer."""

from msgspec.structs import replace

from . import days
from .behaviour import Behaviour
from .clock import Instant
from .images import kept, make
from .world import Generation, World


def advance_to(world: World, now: Instant, behaviour: Behaviour) -> World:
    """Return the world as it is at `now`: generations ended, the lock expired, a new day begun."""
    if world.running:
        due = [each for each in world.running if each.ends <= now]
        for generation in sorted(due, key=lambda each: each.ends):
            # First the day on which it ends: a generation uses up the limit of that day, whenever the world is read.
            world = _end(_roll_day(world, generation.ends, behaviour), generation)
    return _roll_day(world, now, behaviour)


def _roll_day(world: World, now: Instant, behaviour: Behaviour) -> World:
    today = days.day(now, behaviour)
    # Not "<": a clock that is set back shows another day, too.
    if world.day != today:
        world = replace(world, day=today, used=0)
    if world.lock and not world.lock.held(now):
        world = replace(world, lock=None)
    return world


def _end(world: World, generation: Generation) -> World:
    """Return the world with the generation charged and recorded in one step, or released. [CREDIT-COST]"""
    running = tuple([each for each in world.running if each.id != generation.id])
    if generation.failure is not None:
        return _failed(replace(world, running=running), generation)
    made = make(world, generation)
    return replace(
        world,
        running=running,
        # The control API may have lowered the balance since the credits were reserved.
        credits=world.credits - min(generation.credits, world.credits),
        used=world.used + generation.allowance,
        made=world.made + len(made),
        images=kept(world.images, made),
    )


def _failed(world: World, generation: Generation) -> World:
    """Return the world with the images that were made before the failure. [CREDIT-ATOMIC]"""
    count = min(generation.kept, generation.order.count)
    if not count:
        return world
    made = make(world, replace(generation, credits=0, order=replace(generation.order, count=count)))
    return replace(world, made=world.made + len(made), images=kept(world.images, made))

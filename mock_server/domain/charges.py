"""Charges: what a generation costs, in credits and in images of the day. The one place for each price."""

from msgspec.structs import replace

from .behaviour import Behaviour
from .clock import Instant
from .world import Demand, World


def price(world: World, demand: Demand, behaviour: Behaviour) -> int:
    """Return the price of a generation in credits. [CREDIT-COST, SANDBOX]"""
    return 0 if world.sandbox else demand.count * behaviour.credits_per_image


def needed_credits(world: World, demand: Demand, behaviour: Behaviour) -> int:
    """Return how many credits an account must have for a generation. [CREDIT-NEED]"""
    whole = price(world, demand, behaviour)
    # Not always 1: a generation that costs nothing needs no credit.
    return whole if behaviour.credit_need == "all" else min(whole, 1)


def allowance(world: World, demand: Demand, behaviour: Behaviour) -> int:
    """Return how much of the daily limit a generation uses, in images or in requests. [DAILY-RESET, SANDBOX]"""
    if world.sandbox:
        return 0
    return demand.count if behaviour.daily_unit == "images" else 1


def count_attempt(world: World, now: Instant) -> tuple[World, None]:
    """Return the world after a refused generation, where every attempt uses the daily limit. [DAILY-RESET]"""
    del now
    return (world if world.sandbox else replace(world, used=world.used + 1)), None


def free_credits(world: World) -> int:
    """Return the credits that no running generation has reserved."""
    # Lists inside sum() and tuple(), here and elsewhere, take two thirds of the time of a generator for a few items.
    return world.credits - sum([each.credits for each in world.running])


def per_image(credits: int, count: int) -> list[int]:  # noqa: A002
    """Return the cost of each image of a generation in credits: their sum is `credits`."""
    each, rest = divmod(credits, count)
    return [each + 1] * rest + [each] * (count - rest)

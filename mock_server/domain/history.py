"""History: the past of an account, as images that it made on the days before it is first seen."""

from collections.abc import Callable, Sequence
from random import Random

import msgspec
from msgspec.structs import replace

from . import charges, days
from .behaviour import Behaviour
from .clock import DAY, Instant
from .images import folder, title
from .world import Demand, Image, World


class History(msgspec.Struct, frozen=True):
    """The size of a past. images: number of images, days: over how many days they are spread."""

    images: int
    days: int


class PastImage(msgspec.Struct, frozen=True):
    """An image of the past, without its time. width and height in pixels."""

    engine: str
    prompt: str
    width: int
    height: int
    mode: str


# Returns the images of a world's past, oldest first, the same for the same name.
Invent = Callable[[str, History], Sequence[PastImage]]


def add_history(world: World, history: History, past: Sequence[PastImage], now: Instant, behaviour: Behaviour) -> World:
    """Return the world with the past in place of its images; those of today count against the daily limit."""
    stamps = _stamps(world.name, history, now)
    made = [
        _image(world, each, number, at, behaviour) for number, (each, at) in enumerate(zip(past, stamps, strict=True))
    ]
    today = days.day(now, behaviour)
    used = sum(days.day(image.created_at, behaviour) == today for image in made)
    return replace(world, images=tuple(reversed(made)), made=world.made + len(made), used=max(world.used, used))


def _stamps(seed: str, history: History, now: Instant) -> list[Instant]:
    """Return the times of the images, oldest first: at least one on each day while there are enough images."""
    chance = Random(seed)  # noqa: S311 (repeatable, not secret)
    ages = [(number % history.days + chance.random()) * DAY for number in range(history.images)]
    # A frozen clock may show the first days of 1970, and no instant is earlier.
    return sorted(max(0, now - int(age)) for age in ages)


def _image(world: World, past: PastImage, number: int, at: Instant, behaviour: Behaviour) -> Image:
    number += world.made
    return Image(
        id=world.first_id + number,
        generation=f"past {number}",
        title=title(world.name, past.prompt, number),
        engine=past.engine,
        prompt=past.prompt,
        width=past.width,
        height=past.height,
        mode=past.mode,
        source=None,
        folder=folder(behaviour),
        created_at=at,
        ready=at,
        credits=charges.price(world, Demand(past.engine, 1), behaviour),
    )

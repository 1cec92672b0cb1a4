"""Images: what a generation leaves behind, and which of them are recent."""

import re
from functools import lru_cache

from .world import Generation, Image, World

RECENT = 10
KEPT = 100
_NAME = 16
_NAMING = 200
_STOP_WORDS = frozenset({"a", "an", "the", "of", "in", "on", "at", "with", "and", "for", "to"})


def recent(world: World, newest_first: bool = True) -> tuple[Image, ...]:
    """Return the images made last, at most 10. [RECENT-10, RECENT-ORDER]"""
    images = world.images[:RECENT]
    return images if newest_first else images[::-1]


def make(world: World, generation: Generation) -> tuple[Image, ...]:
    """Return the images of a generation, oldest first, each with an id of its own. [IMG-COUNT, IMG-INPUT]"""
    return tuple([_image(world, generation, world.made + place) for place in range(generation.order.count)])


def kept(images: tuple[Image, ...], made: tuple[Image, ...]) -> tuple[Image, ...]:
    """Return the images that a world keeps, newest first: the last 100, and all of the last generation."""
    return (*reversed(made), *images)[: max(KEPT, len(made))]


def title(world: str, prompt: str, number: int) -> str:
    """Return a file name from the prompt's first words, ending in the world's name and the image's number there."""
    return f"{_slug(prompt[:_NAMING])}-{world}{number:x}.png"


@lru_cache(maxsize=1_000)
def _slug(prompt: str) -> str:
    words = [word for word in re.findall(r"[a-z0-9]+", prompt.lower()) if word not in _STOP_WORDS]
    return "-".join(words[:4])[:48].strip("-") or "image"


def world_of(name: str) -> str:
    """Return the name of the world whose image has the title `name`; any other text leads to no world."""
    return name.rpartition("-")[2][:_NAME]


def titled(world: World, name: str) -> Image | None:
    """Return the image of that title, or None."""
    return next((image for image in world.images if image.title == name), None)


def _image(world: World, generation: Generation, number: int) -> Image:
    order = generation.order
    return Image(  # by position, which takes a tenth of the time
        world.first_id + number,
        generation.id,
        title(world.name, order.prompt, number),
        order.engine,
        order.prompt,
        order.width,
        order.height,
        order.mode,
        order.source,
        order.folder,
        generation.ends,
        generation.ready,
    )

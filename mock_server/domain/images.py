"""Images: those that a generation makes, and the recent ones."""

import re
from functools import lru_cache

from .behaviour import Behaviour
from .charges import per_image
from .world import Generation, Image, World

RECENT = 10
KEPT = 100
_NAME_LENGTH = 16
# A title needs a few words, and the cache of slugs should not hold long prompts.
_MAX_NAMING_CHARACTERS = 200
_REMOTE = frozenset({"s3", "r2"})
_STOP_WORDS = frozenset({"a", "an", "the", "of", "in", "on", "at", "with", "and", "for", "to"})


def recent(world: World, newest_first: bool = True) -> tuple[Image, ...]:
    """Return the last 10 images. [RECENT-10, RECENT-ORDER]"""
    images = world.images[:RECENT]
    return images if newest_first else images[::-1]


def make(world: World, generation: Generation) -> tuple[Image, ...]:
    """Return the images of a generation, oldest first, each with an id of its own. [IMG-COUNT, IMG-INPUT]"""
    costs = per_image(generation.credits, generation.order.count)
    return tuple([_image(world, generation, world.made + place, cost) for place, cost in enumerate(costs)])


def kept(images: tuple[Image, ...], made: tuple[Image, ...]) -> tuple[Image, ...]:
    """Return the images that a world keeps, newest first: the last 100, and all of the last generation."""
    # max_images may exceed 100, and a reply is made from the images that the world keeps.
    return (*reversed(made), *images)[: max(KEPT, len(made))]


def title(world: str, prompt: str, number: int) -> str:
    """Return a file name from the prompt's first words, ending in the world's name and the image's number there."""
    return f"{_slug(prompt[:_MAX_NAMING_CHARACTERS])}-{world}{number:x}.png"


@lru_cache(maxsize=1_000)
def _slug(prompt: str) -> str:
    words = [word for word in re.findall(r"[a-z0-9]+", prompt.lower()) if word not in _STOP_WORDS]
    return "-".join(words[:4])[:48].strip("-") or "image"


def has_origin(behaviour: Behaviour) -> bool:
    """Return whether picture addresses are URLs: always if the storage is remote. [IMG-STORAGE]"""
    return behaviour.image_storage in _REMOTE or behaviour.output_form == "url"


def folder(behaviour: Behaviour, origin: str = "") -> str:
    """Return the prefix of picture addresses: a path or a URL. [IMG-STORAGE]

    origin: the server's address in the request, "" without a request.
    """
    base = (behaviour.storage_url or origin) if behaviour.image_storage in _REMOTE else origin
    if has_origin(behaviour) and base:
        return f"{base.rstrip('/')}/uploads/"
    return "/uploads/" if behaviour.output_form == "slash" else "uploads/"


def world_of(name: str) -> str:
    """Return the name of the world whose image has the title `name`; another text names no world."""
    return name.rpartition("-")[2][:_NAME_LENGTH]


def titled(world: World, name: str) -> Image | None:
    """Return the image of that title, or None."""
    return next((image for image in world.images if image.title == name), None)


def _image(world: World, generation: Generation, number: int, cost: int) -> Image:
    order = generation.order
    return Image(  # by position, which takes two thirds of the time
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
        cost,
    )

"""Images: what a generation leaves behind, and which of them are recent."""

import hashlib
import re

from .clock import Instant
from .world import Generation, Image, World

RECENT = 10
_STOP_WORDS = frozenset({"a", "an", "the", "of", "in", "on", "at", "with", "and", "for", "to"})


def recent(world: World) -> tuple[Image, ...]:
    """Return the images made last, newest first, at most 10. [RECENT-10, RECENT-ORDER]"""
    return world.images[:RECENT]


def make(world: World, generation: Generation, now: Instant, seed: int) -> tuple[Image, ...]:
    """Return the images of a generation, oldest first, each with an id of its own. [IMG-COUNT, IMG-INPUT]"""
    order = generation.order
    return tuple(
        Image(
            id=number,
            generation=generation.id,
            title=title(world.name, order.prompt, number, seed),
            engine=order.engine,
            prompt=order.prompt,
            width=order.width,
            height=order.height,
            mode=order.mode,
            source=order.source,
            created_at=now,
        )
        for number in range(world.first_id + world.made, world.first_id + world.made + order.count)
    )


def title(world: str, prompt: str, number: int, seed: int) -> str:
    """Return a file name from the prompt's first words, with a suffix that no other image has."""
    words = [word for word in re.findall(r"[a-z0-9]+", prompt[:200].lower()) if word not in _STOP_WORDS]
    slug = "-".join(words[:4])[:48].strip("-") or "image"
    suffix = hashlib.blake2b(f"{seed}/{world}/{number}".encode(), digest_size=5).hexdigest()
    return f"{slug}-{suffix}.png"

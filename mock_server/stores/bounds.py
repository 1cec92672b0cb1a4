"""Bounds of a store: how heavy a world is, and the log of evicted ones."""

import logging
from collections.abc import Sequence

from mock_server.domain.world import Image, World

_log = logging.getLogger("aiimage_mock.stores")
_WORLD_BYTES = 1_500
_IMAGE_BYTES = 700


def new_images(world: World, before: World | None) -> int | None:
    """Return how many images were added at the front; None if the others are not those of `before`."""
    if before is None:
        return None
    count = world.made - before.made
    kept = len(world.images) - count
    if world.images is before.images:
        return 0 if count == 0 else None
    if not 0 <= kept <= len(before.images) or count < 0:
        return None
    # By identity, and only at both ends: worlds share their images, added at the front and evicted at the back.
    same = kept == 0 or (world.images[count] is before.images[0] and world.images[-1] is before.images[kept - 1])
    return count if same else None


def weight(world: World, before: World | None = None, then: int = 0) -> int:
    """Return about how many bytes a world takes in memory. then: the weight of `before`."""
    # Only new and evicted images are weighed: a world has up to 100 images, and this runs with every update.
    count = new_images(world, before)
    if before is None or count is None:
        return _WORLD_BYTES + _images(world.images) + _running(world)
    gone = before.images[len(world.images) - count :]
    return then + _images(world.images[:count]) - _images(gone) + _running(world) - _running(before)


def _images(images: Sequence[Image]) -> int:
    # Python stores a character in 1 byte (Latin-1), 2 (most scripts) or 4 (emoji).
    return len(images) * _IMAGE_BYTES + 2 * sum([len(image.prompt) for image in images])


def _running(world: World) -> int:
    if not world.running:
        return 0
    return len(world.running) * _IMAGE_BYTES + 2 * sum([len(each.order.prompt) for each in world.running])


class EvictionLog:
    """Logs the first, second, fourth, eighth eviction and so on, so that evictions do not fill the log."""

    def __init__(self) -> None:
        self._count = 0

    def log(self, name: str, room: int) -> None:
        """Log that a world was evicted. room: for how many there is room."""
        self._count += 1
        # A power of two.
        if self._count & (self._count - 1) == 0:
            text = "No room for more than %d worlds: evicted %s, the least recently used (%d so far)."
            _log.warning(text, room, name[:8], self._count)

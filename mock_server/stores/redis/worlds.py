"""Worlds as bytes, and a cache of those that this process knows."""

from collections import OrderedDict
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from mock_server.domain.world import Image, World

from ..protocol import Found, StoreUnavailableError

# Of the layout of World and Image: a change of their fields needs a new one.
_VERSION = b"\x02"
_WORLD_BYTES = 600
_IMAGE_BYTES = 300
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[int, World]).decode
_decode_image = msgspec.msgpack.Decoder(Image).decode
_UNKNOWN = Found(None, 0)


def pack(world: World) -> bytes:
    """Return a world without its images."""
    return _VERSION + _encode((len(world.images), replace(world, images=())))


def pack_images(images: Sequence[Image]) -> list[bytes]:
    """Return images, oldest first."""
    return [_encode(image) for image in reversed(images)]


def unpack(head: bytes, images: Sequence[bytes], known: World | None) -> World:
    """Return a world. head: without images; images: those made since `known`, or all if that is None."""
    if not head.startswith(_VERSION):
        raise StoreUnavailableError("the state was written by another version of the mock: use another database")
    count, world = _decode(head[1:])
    new = tuple([_decode_image(each) for each in images])
    return replace(world, images=(*new, *(known.images if known else ()))[:count])


def weight(head: bytes, world: World) -> int:
    """Return about how many bytes of Valkey's memory a world takes."""
    return len(head) + _WORLD_BYTES + sum([_IMAGE_BYTES + _bytes(image.prompt) for image in world.images])


def _bytes(text: str) -> int:
    # The length in UTF-8 at most: encoding each prompt to count it would cost more than it is worth.
    return len(text) if text.isascii() else 4 * len(text)


class WorldCache:
    """Worlds as they were last found, so that unchanged ones are not sent again.

    The least recently used is evicted first. max_bytes: of all worlds together.
    """

    def __init__(self, max_worlds: int = 500, max_bytes: int = 16 * 2**20) -> None:
        self._max_worlds = max_worlds
        self._max_bytes = max_bytes
        self._bytes = 0
        self._worlds: OrderedDict[str, tuple[Found, int]] = OrderedDict()

    def get(self, name: str) -> Found:
        """Return a world as it was last found; one without a stamp if it is unknown."""
        found, _ = self._worlds.get(name, (_UNKNOWN, 0))
        if found is not _UNKNOWN:
            self._worlds.move_to_end(name)
        return found

    def put(self, name: str, found: Found, weight: int) -> None:
        """Put a world. weight: its approximate size in bytes."""
        self.evict(name)
        self._worlds[name] = found, weight
        self._bytes += weight
        while len(self._worlds) > self._max_worlds or self._bytes > self._max_bytes:
            self.evict(next(iter(self._worlds)))

    def evict(self, name: str) -> None:
        """Remove a world, if it is there."""
        self._bytes -= self._worlds.pop(name, (_UNKNOWN, 0))[1]

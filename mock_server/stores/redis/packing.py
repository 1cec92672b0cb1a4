"""Worlds as bytes: what changes all the time, and the images, which only come and go."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from mock_server.domain.world import Image, World

from ..protocol import StoreUnavailableError

_VERSION = b"\x02"
_WORLD_BYTES = 600
_IMAGE_BYTES = 300
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[int, World]).decode
_decode_image = msgspec.msgpack.Decoder(Image).decode


def packed(world: World) -> bytes:
    """Return a world without its images."""
    return _VERSION + _encode((len(world.images), replace(world, images=())))


def packed_images(images: Sequence[Image]) -> list[bytes]:
    """Return images, oldest first."""
    return [_encode(image) for image in reversed(images)]


def unpacked(head: bytes, images: Sequence[bytes], known: World | None) -> World:
    """Return a world from its bytes, those of the images that came since, and as it was known before that."""
    if not head.startswith(_VERSION):
        raise StoreUnavailableError("the state was written by another version of the mock: use another database")
    count, world = _decode(head[1:])
    fresh = tuple([_decode_image(each) for each in images])
    return replace(world, images=(*fresh, *(known.images if known else ()))[:count])


def weight(head: bytes, world: World) -> int:
    """Return about how many bytes of Valkey's memory a world takes."""
    return len(head) + _WORLD_BYTES + sum([_IMAGE_BYTES + _bytes(image.prompt) for image in world.images])


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else 4 * len(text)

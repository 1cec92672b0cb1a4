"""Orders: the fields of a generate-image request as what the domain understands."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from mock_server import pictures
from mock_server.contract.findings import finding
from mock_server.domain.behaviour import Behaviour
from mock_server.domain.world import Order

from .bodies import Fields, Upload
from .replies import RefusedError, invalid

_DEFAULT_SIZE = "1024x1024"
_UPSCALING = 2
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class _Engine:
    """Which fields of a request carry what. size: None for an engine that takes no size."""

    prompt: str
    size: str | None = None


_ENGINES: Mapping[str, _Engine] = {
    "dall-e": _Engine("description", "size"),
    "stablediffusion": _Engine("stable_description", "image_resolution"),
    "flux-pro": _Engine("description_flux_pro"),
    "ideogram": _Engine("description_ideogram"),
    "flux-pro-kontext": _Engine("description_flux_pro"),
}


def make_order(fields: Fields, behaviour: Behaviour, origin: str) -> tuple[Order, bytes | None]:
    """Return the order and the upload that it works from, if any; raise RefusedError.

    origin: the server's address as the client knows it. It decodes the upload, so it takes its time: call it off the
    event loop.
    """
    max_pixels = behaviour.max_pixels
    engine = _ENGINES[fields["image_generator"]]
    width, height = _size(fields[engine.size] if engine.size else _DEFAULT_SIZE)
    mode = fields.get("type", "text-to-image")
    upload = fields.get("image_src")
    data = upload.data if isinstance(upload, Upload) else None
    if data is not None:
        width, height = _from_source(data, (width, height), mode, max_pixels)
    if width * height > max_pixels:
        named = "image_src" if mode == "upscale" else engine.size or "size"
        raise _impossible(named, "size", f"asks for {width}x{height}, more than {max_pixels} pixels")
    key = hashlib.blake2b(data, digest_size=16).hexdigest() if data is not None else None
    count, folder = fields["image_number_of_images"], _folder(behaviour, origin)
    order = Order(fields["image_generator"], fields[engine.prompt], count, width, height, mode, key, folder)
    return order, data


def _folder(behaviour: Behaviour, origin: str) -> str:
    """Return what the addresses of pictures begin with: a path, or a URL when the storage is remote. [IMG-STORAGE]"""
    if behaviour.image_storage == "public":
        return "uploads/"
    return f"{(behaviour.storage_url or origin).rstrip('/')}/uploads/"


def _size(asked: str) -> tuple[int, int]:
    """Return width and height; sides too long to be numbers of pixels are cut, and still beyond any limit."""
    width, height = asked.split("x")
    return int(width[:_MOST_DIGITS]), int(height[:_MOST_DIGITS])


def _from_source(data: bytes, size: tuple[int, int], mode: str, max_pixels: int) -> tuple[int, int]:
    """Return the size of a picture that is made from an upload: upscaling doubles it."""
    try:
        width, height = pictures.measure(data, max_pixels)
    except pictures.UnreadableImage as error:
        raise _impossible("image_src", "image", f"must be an image: {error}") from error
    return (width * _UPSCALING, height * _UPSCALING) if mode == "upscale" else size


def _impossible(field: str, code: str, predicate: str) -> RefusedError:
    return RefusedError(invalid([finding(field, code, predicate)]))

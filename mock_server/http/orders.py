"""Orders: the fields of a generate-image request as what the domain understands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.contract.findings import finding
from mock_server.domain.behaviour import Behaviour
from mock_server.domain.world import Order

from .context import Source
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


def make_order(fields: Mapping[str, Any], behaviour: Behaviour, origin: str) -> Order:
    """Return the order; raise RefusedError. origin: the server's address as the client knows it."""
    engine = _ENGINES[fields["image_generator"]]
    width, height = _size(fields[engine.size] if engine.size else _DEFAULT_SIZE)
    mode, source = fields.get("type", "text-to-image"), fields.get("image_src")
    if isinstance(source, Source) and mode == "upscale":
        width, height = source.width * _UPSCALING, source.height * _UPSCALING
    if width * height > behaviour.max_pixels:
        named = "image_src" if mode == "upscale" else engine.size or "size"
        raise _impossible(named, "size", f"asks for {width}x{height}, more than {behaviour.max_pixels} pixels")
    prompt, count = fields[engine.prompt], fields["image_number_of_images"]
    key = source.key if isinstance(source, Source) else None
    return Order(fields["image_generator"], prompt, count, width, height, mode, key, _folder(behaviour, origin))


def _folder(behaviour: Behaviour, origin: str) -> str:
    """Return what the addresses of pictures begin with: a path, or a URL when the storage is remote. [IMG-STORAGE]"""
    if behaviour.image_storage == "public":
        return "uploads/"
    return f"{(behaviour.storage_url or origin).rstrip('/')}/uploads/"


def _size(asked: str) -> tuple[int, int]:
    """Return width and height; sides too long to be numbers of pixels are cut, and still beyond any limit."""
    width, height = asked.split("x")
    return int(width[:_MOST_DIGITS]), int(height[:_MOST_DIGITS])


def _impossible(field: str, code: str, predicate: str) -> RefusedError:
    return RefusedError(invalid([finding(field, code, predicate)]))

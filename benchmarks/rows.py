"""The measurements: one row for each kind of call."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .client import Client

WORLDS = 10_000
ORDER: Mapping[str, Any] = {
    "image_generator": "dall-e",
    "description": "A futuristic cloud data center floating in space",
    "size": "1024x1024",
    "quality": "hd",
    "image_number_of_images": 1,
}
INVALID_ORDER = {name: value for name, value in ORDER.items() if name != "size"}
_RECENT = 10


def _nothing(client: Client) -> None:
    """Send nothing before the load."""


def _images(client: Client) -> None:
    for _ in range(_RECENT):
        client.generate(ORDER)


def _picture(client: Client) -> str:
    """Generate an image and fetch its picture, which renders it."""
    path = client.generate(ORDER)
    client.call("GET", path)
    return path


@dataclass(frozen=True)
class Row:
    """A kind of call. path: below the prefix; prepare: runs before the load and may return another path; worlds: the
    number of tokens that are used in turn; refused: whether it is an invalid request.
    """

    name: str
    title: str
    path: str
    order: Mapping[str, Any] | None = None
    prepare: Callable[[Client], str | None] = _nothing
    worlds: int = 1
    refused: bool = False

    @property
    def method(self) -> str:
        return "GET" if self.order is None else "POST"

    @property
    def body(self) -> str | None:
        return None if self.order is None else json.dumps(self.order)


_VERSIONS = "/aiimage/versions"
_GENERATE = "/aiimage/generate-image"
MANY = "-worlds"  # suffix of a row that sends the same to many worlds
ROWS = (
    Row("versions", "GET versions", _VERSIONS),
    Row("availability", "GET check-availability", "/aiimage/check-availability"),
    Row("generate", "POST generate-image, valid", _GENERATE, ORDER),
    Row("invalid", "POST generate-image, invalid (422)", _GENERATE, INVALID_ORDER, refused=True),
    Row("recent", "GET recent-images, 10 entries", "/aiimage/recent-images", prepare=_images),
    Row("picture", "GET a picture again, 1024x1024", "", prepare=_picture),
    Row(f"versions{MANY}", "GET versions, 10,000 worlds", _VERSIONS, worlds=WORLDS),
    Row(f"generate{MANY}", "POST generate-image, valid, 10,000 worlds", _GENERATE, ORDER, worlds=WORLDS),
)
PEER_ROWS = tuple(row for row in ROWS if row.name in {"versions", "generate", "invalid"})

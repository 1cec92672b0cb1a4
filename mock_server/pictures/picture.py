"""The description that a picture is rendered from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that a picture depends on: equal descriptions render to the same bytes."""

    engine: str
    prompt: str
    size: tuple[int, int]
    """Width and height in pixels, each at least 1."""
    id: int
    seed: int
    source: bytes | None = None
    """The uploaded PNG, JPEG, WebP, GIF or BMP file that the picture derives from."""
    mode: str = "text-to-image"
    """One of text-to-image, multi-prompt, image-to-image, upscale."""

    @property
    def dimensions(self) -> str:
        """The size as WIDTHxHEIGHT."""
        return f"{self.size[0]}x{self.size[1]}"

    def fractions(self) -> list[float]:
        """Return 64 numbers from 0 to 1 that depend on prompt, engine, seed and id alone."""
        # ascii: a text may contain lone surrogates, which UTF-8 does not encode.
        text = ascii((self.prompt, self.engine, self.seed, self.id))
        return [byte / 255 for byte in hashlib.blake2b(text.encode()).digest()]

    @property
    def hue(self) -> float:
        """The leading hue, from 0 to 1; successive ids lie a golden angle apart."""
        text = ascii((self.prompt, self.engine, self.seed))
        first = hashlib.blake2b(text.encode(), digest_size=2).digest()
        return (int.from_bytes(first) / 65536 + self.id * 0.6180339887) % 1


class UnreadableImage(ValueError):  # noqa: N818
    """The bytes are not a usable image; the message says why."""

"""PNG pictures for a mock image generator, and safe reading of uploaded images.

Pillow is imported with the first picture that is made or measured, so that start-up does not wait for it.
"""

from .picture import Picture, UnreadableImage


def render(picture: Picture) -> bytes:
    """Return the PNG of a picture; raise UnreadableImage if its source is not an image."""
    from . import rendering

    return rendering.render(picture)


def measure(data: bytes, max_pixels: int) -> tuple[int, int]:
    """Return width and height of an uploaded image, upright; raise UnreadableImage."""
    from . import reading

    return reading.measure(data, max_pixels)


__all__ = ["Picture", "UnreadableImage", "measure", "render"]

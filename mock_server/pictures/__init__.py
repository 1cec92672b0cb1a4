"""PNG pictures for a mock image generator, and safe reading of the images that people upload.

Pillow is loaded when the first picture is made or measured: who asks for none need not wait for it.
"""

from .picture import Picture, UnreadableImage


def render(picture: Picture) -> bytes:
    """Return the PNG of a picture."""
    from . import rendering

    return rendering.render(picture)


def measure(data: bytes, max_pixels: int) -> tuple[int, int]:
    """Return width and height of an uploaded image, upright; raise UnreadableImage."""
    from . import reading

    return reading.measure(data, max_pixels)


__all__ = ["Picture", "UnreadableImage", "measure", "render"]

"""PNG pictures for a mock image generator, and safe reading of uploaded images.

Pillow is imported with the first picture that is made, so that start-up does not wait for it. Uploads are decoded in
processes of their own, within limits on time and memory; these start with the first upload.
"""

from .picture import Picture, UnreadableImage


def render(picture: Picture, max_pixels: int, max_seconds: float) -> bytes:
    """Return the PNG of a picture; raise UnreadableImage if its source is not an image that `measure` accepts."""
    if picture.source is None:
        from . import rendering

        return rendering.render(picture)
    from . import processes

    return processes.render(picture, max_pixels, max_seconds)


def thumbnail(picture: bytes, width: int) -> bytes:
    """Return a picture that `render` made as JPEG, at most that wide."""
    from . import rendering

    return rendering.thumbnail(picture, width)


def measure(data: bytes, max_pixels: int, max_seconds: float) -> tuple[int, int]:
    """Return width and height of an uploaded image, upright; raise UnreadableImage.

    max_seconds: of processor time that it may take to decode.
    """
    from . import processes

    return processes.measure(data, max_pixels, max_seconds)


__all__ = ["Picture", "UnreadableImage", "measure", "render", "thumbnail"]

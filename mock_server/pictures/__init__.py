"""PNG pictures for a mock image generator, and safe reading of the images that people upload."""

from .picture import Picture
from .reading import UnreadableImage, measure
from .rendering import render

__all__ = ["Picture", "UnreadableImage", "measure", "render"]

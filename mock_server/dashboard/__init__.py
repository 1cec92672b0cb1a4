"""The page at /_mock/: one look at all worlds, over what the control API answers. It keeps no state of its own."""

from .pages import page_app

__all__ = ["page_app"]

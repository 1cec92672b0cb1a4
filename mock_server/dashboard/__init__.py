"""The page at /_mock/: it shows all worlds through the control API, and keeps no state of its own."""

from .pages import page_app

__all__ = ["page_app"]

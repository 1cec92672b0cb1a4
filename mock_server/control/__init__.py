"""The mock's own API, under /_mock. No part of what is emulated."""

from .routes import control_app

__all__ = ["control_app"]

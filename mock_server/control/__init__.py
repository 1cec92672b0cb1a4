"""The mock's own API, under /_mock. No part of what is emulated."""

from .routes import control_routes

__all__ = ["control_routes"]

"""The mock's own API, under /_mock. No part of what is emulated."""

from .admission import COOKIE, Admission
from .routes import control_app

__all__ = ["COOKIE", "Admission", "control_app"]

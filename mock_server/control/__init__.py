"""The mock's own API, under /_mock. No part of what is emulated."""

from .auth import Admission, cookie_name
from .routes import control_app

__all__ = ["Admission", "control_app", "cookie_name"]

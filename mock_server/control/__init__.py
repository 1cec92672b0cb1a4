"""The mock's control API, under /_mock. It is not part of the emulated API."""

from .auth import Auth, cookie_name
from .routes import control_app

__all__ = ["Auth", "control_app", "cookie_name"]

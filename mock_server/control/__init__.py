"""The mock's control API, under /_mock. It is not part of the emulated API."""

from .auth import Auth, cookie_name
from .routes import control_app, control_calls

__all__ = ["Auth", "control_app", "control_calls", "cookie_name"]

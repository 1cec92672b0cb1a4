"""Settings: everything that a server is started with, in one object."""

import ipaddress
from dataclasses import dataclass, field

from .domain.accounts import Accounts
from .domain.behaviour import Behaviour


@dataclass(frozen=True, slots=True)
class Settings:
    """What `create_app` needs. generation_seconds: how long a generation takes; seed: of everything made up;
    state: "memory", or the URL of a Valkey or Redis, which may hold a password.
    """

    accounts: Accounts
    behaviour: Behaviour
    host: str = "127.0.0.1"
    generation_seconds: float = 1.5
    seed: int = 0
    control: bool = True
    admin_token: str | None = None
    state: str = field(default="memory", repr=False)

    @property
    def control_open(self) -> bool:
        """Whether the control API is served: beyond loopback only to who knows the admin token."""
        return self.control and (self.admin_token is not None or is_loopback(self.host))


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach a server that is bound to `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""Environment variables of others that look like those of the mock."""

import re
from collections.abc import Mapping

PREFIX = "AIIMAGE_MOCK_"
# For a Service named aiimage-mock, Kubernetes sets AIIMAGE_MOCK_PORT and more in every pod; so do links of Docker.
_LINK = re.compile(r"(tcp|udp|sctp)://.*")
_LINK_NAMES = re.compile(PREFIX + r"(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)")


def is_link(value: str) -> bool:
    """Return whether a value is the address of a Service, which no option takes."""
    return _LINK.fullmatch(value) is not None


def links(environment: Mapping[str, str]) -> list[str]:
    """Return the names of the variables that Kubernetes or Docker has set for a service named aiimage-mock."""
    return sorted(
        name
        for name, value in environment.items()
        if _LINK_NAMES.fullmatch(name) or (name == f"{PREFIX}PORT" and is_link(value))
    )

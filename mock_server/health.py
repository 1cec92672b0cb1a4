"""The health check: whether a mock serves at an address, and whether it is the expected one."""

import json
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException

from .connection_failures import why_no_reply
from .domain.clock import RealClock, seconds

_TIMEOUT_SECONDS = 2
_PAUSE_SECONDS = 0.05
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (connects to loopback instead)


def why_unhealthy(host: str, port: int, wait: float = 0, instance: str | None = None) -> str:
    """Return why no mock serves at host and port, or "" if one does; retry for up to `wait` seconds.

    instance: the id of the expected mock, None for any.
    """
    clock = RealClock()
    deadline = clock.now() + seconds(wait)
    while (problem := _health_problem(_ANY_ADDRESS.get(host, host), port, instance)) and clock.now() < deadline:
        time.sleep(_PAUSE_SECONDS)
    return problem


def _health_problem(host: str, port: int, instance: str | None) -> str:
    """Ask once, and return why no mock serves at host and port, "" if one does."""
    try:
        with closing(HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)) as connection:
            connection.request("GET", "/_mock/health")
            reply = connection.getresponse()
            body = json.load(reply)
        if reply.status == 200 and body["status"] == "ok":
            return instance_problem(body.get("instance"), instance)
        # A mock whose control API is off replies with its own 404 for unknown paths.
        off = reply.status == 404 and "/_mock/health" in body["message"]
        return instance_problem(None, instance) if off else str(body["message"])
    except (OSError, HTTPException) as error:
        return why_no_reply(error)
    except (ValueError, LookupError, TypeError):
        return "the server there is not a mock"


def instance_problem(found: str | None, expected: str | None) -> str:
    """Return how the id of a mock differs from the expected one, "" if it does not.

    found: None if the mock does not show it; expected: None for any.
    """
    if expected in (None, found):
        return ""
    if found is None:
        return f"a mock serves there that does not show its instance, so it may be another one than {expected}"
    return f"another mock serves there: its instance is {found}, not {expected}"

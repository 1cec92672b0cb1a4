"""The health check: whether a mock serves at an address."""

import json
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException

from .domain.clock import RealClock, seconds

_TIMEOUT_SECONDS = 2
_PAUSE_SECONDS = 0.05
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (connects to loopback instead)


def why_unhealthy(host: str, port: int, wait: float = 0) -> str:
    """Return why no mock serves at host and port, or "" if one does; retry for up to `wait` seconds."""
    clock = RealClock()
    deadline = clock.now() + seconds(wait)
    while (problem := _health_problem(_ANY_ADDRESS.get(host, host), port)) and clock.now() < deadline:
        time.sleep(_PAUSE_SECONDS)
    return problem


def _health_problem(host: str, port: int) -> str:
    """Ask once, and return why no mock serves at host and port, "" if one does."""
    try:
        with closing(HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)) as connection:
            connection.request("GET", "/_mock/health")
            reply = connection.getresponse()
            body = json.load(reply)
        if reply.status == 200 and body["status"] == "ok":
            return ""
        # A mock whose control API is off replies with its own 404 for unknown paths.
        return "" if reply.status == 404 and "/_mock/health" in body["message"] else str(body["message"])
    except (OSError, HTTPException) as error:
        return f"no connection: {error}"
    except (ValueError, LookupError, TypeError):
        return "the server there is not a mock"

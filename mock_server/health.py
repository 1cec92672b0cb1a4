"""Whether a mock serves: for health checks, and for pipelines that have just started one."""

import json
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException

from .domain.clock import RealClock, seconds

_PATIENCE = 2
_PAUSE = 0.05
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (asked at loopback, not bound)


def fault(host: str, port: int, wait: float = 0) -> str:
    """Return why no mock serves at host and port, "" once one does; ask again for so many seconds."""
    clock = RealClock()
    deadline = clock.now() + seconds(wait)
    while (told := _fault(_ANY_ADDRESS.get(host, host), port)) and clock.now() < deadline:
        time.sleep(_PAUSE)
    return told


def _fault(host: str, port: int) -> str:
    """Ask once. Without its control API a mock answers 404, as it does to any path that it does not have."""
    try:
        with closing(HTTPConnection(host, port, timeout=_PATIENCE)) as connection:
            connection.request("GET", "/_mock/health")
            reply = connection.getresponse()
            told = json.load(reply)
        if reply.status == 200 and told["status"] == "ok":
            return ""
        return "" if reply.status == 404 and "/_mock/health" in told["message"] else str(told["message"])
    except (OSError, HTTPException) as error:
        return f"nothing answers: {error}"
    except (ValueError, LookupError, TypeError):
        return "what answers is no mock"

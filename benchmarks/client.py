"""A client for single calls: the health check of a server, and the calls before the load."""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

_PAUSE = 0.002
_TIMEOUT = 30


class UnexpectedError(Exception):
    """A server gave an unexpected answer."""


class Client:
    """One connection to a server on this machine. prefix: of the API's paths there."""

    def __init__(self, port: int, prefix: str) -> None:
        self.port = port
        self.prefix = prefix
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, bytes]:
        """Send one request, with the token of all rows that use one world."""
        headers = {"Authorization": "Bearer bench-00000"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self._connection.request(method, path, None if body is None else json.dumps(body), headers)
        reply = self._connection.getresponse()
        return reply.status, reply.read()

    def generate(self, order: Mapping[str, Any]) -> str:
        """Generate an image and return the path of its picture; raise UnexpectedError."""
        status, content = self.call("POST", f"{self.prefix}/aiimage/generate-image", order)
        if status != 200:
            raise UnexpectedError(f"generate-image is answered with {status}")
        return f"/{json.loads(content)['images'][0]['output']}"

    def answers(self) -> bool:
        """Return whether the server is up."""
        try:
            return self.call("GET", f"{self.prefix}/aiimage/versions")[0] == 200
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return False


def wait(client: Client, alive: Callable[[], bool], seconds: float) -> float | None:
    """Call until the server answers, at most `seconds`; return the time, or None. alive: whether its process runs."""
    end = time.monotonic() + seconds
    while not client.answers():
        if time.monotonic() > end or not alive():
            return None
        time.sleep(_PAUSE)
    return time.monotonic()

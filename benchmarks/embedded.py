"""A program with the mock in its own process. It prints the milliseconds of each step as JSON.

Run it by its path, not as a module of the package, whose imports would be missing from the figures.
"""

import sys
import time

_BEGAN = time.perf_counter()
import mock_server.testing  # noqa: E402

_LIGHT = time.perf_counter()
from mock_server.embedding import EmbeddedServer, default_settings  # noqa: E402

_IMPORTED = time.perf_counter()
import asyncio  # noqa: E402
import json  # noqa: E402
from typing import Any  # noqa: E402


async def _status(app: mock_server.testing.Asgi) -> int:
    """Return the status of GET versions, called without a client library."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    path = "/api/v1/aiimage/versions"
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"authorization", b"Bearer demo")],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }
    await app(scope, receive, send)
    return int(sent[0]["status"])


def main() -> int:
    with EmbeddedServer(default_settings()) as server:
        status = asyncio.run(_status(server.app))
        answered = time.perf_counter()
    steps = {
        "import `mock_server.testing`": _LIGHT - _BEGAN,
        "import `mock_server.embedding` after it": _IMPORTED - _LIGHT,
        "from there to the first answer": answered - _IMPORTED,
        "all together": answered - _BEGAN,
    }
    print(json.dumps({name: seconds * 1000 for name, seconds in steps.items()}))
    return status != 200


if __name__ == "__main__":
    sys.exit(main())

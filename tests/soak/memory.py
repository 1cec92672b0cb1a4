"""Does memory stay flat? A million requests of 20,000 tokens against a real server; prints the curve.

    python tests/soak/memory.py [--requests N] [--tokens N] [--seed N]

Exit status 1 if the memory of the second half goes more than 10% beyond that at its beginning.
"""

import argparse
import asyncio
import json
import random
import re
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from support.server import Server  # noqa: E402 (found by the line above)

CONNECTIONS = 16
POINTS = 20
ALLOWED = 0.10
PREFIX = "/api/v1/aiimage"
PROMPTS = ["a fox", "a teapot in a library at night", "crane " * 60]


def request(token: int, chance: random.Random) -> bytes:
    """Return a request as bytes: mostly generations, and everything else that a client does."""
    kind = chance.choices(["generate", "check", "recent", "versions", "invalid", "nowhere"], [5, 2, 2, 1, 1, 0.2])[0]
    paths = {"check": "check-availability", "recent": "recent-images", "versions": "versions", "nowhere": "nowhere"}
    head = f"Host: 127.0.0.1\r\nAuthorization: Bearer soak-{token:05}\r\n"
    if kind in paths:
        return f"GET {PREFIX}/{paths[kind]} HTTP/1.1\r\n{head}\r\n".encode()
    fields = {"image_generator": "flux-pro", "description_flux_pro": chance.choice(PROMPTS)}
    body = json.dumps({**fields, "image_number_of_images": 0 if kind == "invalid" else chance.randint(1, 3)}).encode()
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"POST {PREFIX}/generate-image HTTP/1.1\r\n{head}\r\n".encode() + body


class Load:
    """Requests over a few connections in turn."""

    def __init__(self, server: Server, requests: int, tokens: int, seed: int) -> None:
        self._server = server
        self._left = requests
        self._tokens = tokens
        self._chance = random.Random(seed)
        self.statuses: dict[int, int] = {}

    async def send(self, requests: int) -> None:
        """Send the next requests."""
        self._left = requests
        await asyncio.gather(*(self._connection() for _ in range(CONNECTIONS)))

    async def _connection(self) -> None:
        reader, writer = await asyncio.open_connection(self._server.host, self._server.port)
        while self._left > 0:
            self._left -= 1
            writer.write(request(self._chance.randrange(self._tokens), self._chance))
            status = await _answered(reader)
            self.statuses[status] = self.statuses.get(status, 0) + 1
        writer.close()
        await writer.wait_closed()


async def _answered(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    assert length
    await reader.readexactly(int(length[1]))
    return int(head[9:12])


def resident(pid: int) -> float:
    """Return the resident memory of a process in MiB."""
    pages = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert pages
    return int(pages[1]) / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--tokens", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(f"{arguments.requests} requests of {arguments.tokens} tokens, seed {arguments.seed}")
    with Server("--generation-time", "0", "--log-format", "json") as server:
        load = Load(server, arguments.requests, arguments.tokens, arguments.seed)
        curve = [resident(server.process.pid)]
        for point in range(1, POINTS + 1):
            asyncio.run(load.send(arguments.requests // POINTS))
            curve.append(resident(server.process.pid))
            print(
                f"{arguments.requests // POINTS * point:>9} requests  {curve[-1]:7.1f} MiB  {'#' * int(curve[-1] / 4)}"
            )
            sys.stdout.flush()
    half = curve[POINTS // 2 :]
    growth = max(half) / half[0] - 1
    print(f"statuses {dict(sorted(load.statuses.items()))}; the second half goes {growth:+.1%} beyond its beginning")
    return growth > ALLOWED


if __name__ == "__main__":
    sys.exit(main())

"""Servers over a socket, called like the ASGI applications in this process."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from starlette.types import Receive, Scope, Send

from support.asgi import call
from support.mock import PREFIX

_PROCESS_DIGITS = 10
_PATIENCE = 10


class Remote:
    """A server, called over a new connection each time. admin: the token of its control API."""

    def __init__(self, host: str, port: int, admin: str | None = None) -> None:
        self._host = host
        self._port = port
        self._admin = admin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._admin and scope["path"].startswith("/_mock/"):
            scope["headers"].append((b"authorization", f"Bearer {self._admin}".encode()))
        async with Connection(self._host, self._port) as connection:
            await connection(scope, receive, send)


class Connection:
    """One connection to a server, and so to one of its workers. worker: the prefix of its request ids."""

    worker = ""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(self, *failure: object) -> None:
        self._writer.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        content = (await receive())["body"]
        self._ask(scope, content)
        try:
            status, headers = await self._head()
            body = await self._reader.readexactly(int(dict(headers)[b"content-length"]))
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError from error
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def lines(self, path: str) -> AsyncIterator[str]:
        """Yield the lines of an endless response."""
        self._writer.write(f"GET {path} HTTP/1.1\r\nhost: {self._host}\r\n\r\n".encode())
        await self._head()
        while line := await self._reader.readline():
            yield line.decode().rstrip()

    def _ask(self, scope: Scope, content: bytes) -> None:
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        head = [scope["method"].encode() + b" " + scope["raw_path"] + query + b" HTTP/1.1"]
        head += [name + b": " + value for name, value in scope["headers"]]
        head += [b"content-length: %d" % len(content), b"", content]
        self._writer.write(b"\r\n".join(head))

    async def _head(self) -> tuple[int, list[tuple[bytes, bytes]]]:
        first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[:-2]
        headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
        return int(first.split()[1]), headers


Crew = dict[str, list[Connection]]


@asynccontextmanager
async def crew(host: str, port: int, workers: int, connections: int = 1) -> AsyncIterator[Crew]:
    """Yield `connections` connections to each of `workers` workers of a server, by the prefix of its request ids."""
    found: Crew = defaultdict(list)
    opened: list[Connection] = []
    try:
        async with asyncio.timeout(_PATIENCE):
            while len(found) < workers or any(len(each) < connections for each in found.values()):
                opened.append(await Connection(host, port).__aenter__())
                answer = await call(opened[-1], "GET", f"{PREFIX}/check-availability", "any")
                assert answer.status == 200, answer
                opened[-1].worker = answer.headers["x-mock-request-id"][:_PROCESS_DIGITS]
                if len(found[opened[-1].worker]) < connections:
                    found[opened[-1].worker].append(opened[-1])
                else:  # another worker still starts
                    await opened.pop().__aexit__()
        yield dict(found)
    finally:
        for each in opened:
            await each.__aexit__()

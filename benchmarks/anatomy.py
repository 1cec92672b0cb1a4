"""Where the time of a request goes: the mock in this process, without a socket, with one part after the other left out.

What is left out stays out, so the last row is what remains. Each figure is the least of many short windows: what
a busy machine adds is in none of them.
"""

import asyncio
import gc
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from time import thread_time
from typing import Any
from unittest import mock

import uvicorn
import uvloop
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from mock_server.app import create_app
from mock_server.embedding import default_settings
from mock_server.http.access import AccessLines, as_text
from mock_server.http.connections import EXTENSION, SocketConnection
from mock_server.http.gathering import Gathering
from mock_server.http.operations import Operations
from mock_server.http.protocol import limited
from mock_server.http.replies import Reply
from mock_server.http.visit import Visit
from mock_server.service import Caller, Seen, Service
from mock_server.stores import MemoryJournal

from .baselines import bare

_HEAD = b"Host: 127.0.0.1\r\nAuthorization: Bearer anatomy\r\n"
_REQUEST = b"GET /api/v1/aiimage/versions HTTP/1.1\r\n" + _HEAD + b"\r\n"
_WINDOW = 200
_WARM_UP = 300


@dataclass(frozen=True)
class Part:
    """A part of the work. out: how it is left out."""

    name: str
    out: Callable[[], Any]


class _Client(asyncio.Transport):
    """A client that takes whatever it is sent."""

    def write(self, data: object) -> None:
        del data

    def writelines(self, list_of_data: object) -> None:
        del list_of_data

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        pass

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("127.0.0.1", 1) if name in {"peername", "sockname"} else default


class _Unbounded(HttpToolsProtocol):
    """uvicorn's own protocol, with the connection that the mock looks for."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._extensions: dict[str, Any] = {EXTENSION: SocketConnection(Gathering(transport))}

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = self._extensions


def _none(*_: object, **__: object) -> None:
    pass


async def _nothing(*_: object) -> None:
    pass


def _unchecked(_: Operations, reply: Reply, __: object) -> Reply:
    return reply


def _looked_already() -> Any:
    """Leave out looking at the caller's world: what was seen at first is seen for ever."""
    look = Service.look
    seen: list[Seen] = []

    async def once(service: Service, caller: Caller) -> Seen:
        if not seen:
            seen.append(await look(service, caller))
        return seen[0]

    return mock.patch.object(Service, "look", once)


PARTS = (
    Part("the access log", partial(mock.patch.object, AccessLines, "__call__", _none)),
    Part("keeping the journal's entry", partial(mock.patch.object, MemoryJournal, "append", _nothing)),
    Part("making it, secrets masked", partial(mock.patch.object, Visit, "entry", _none)),
    Part("holding the reply against the document", partial(mock.patch.object, Operations, "_checked", _unchecked)),
    Part("the caller's world: account, lock, time, faults", _looked_already),
)


def measure(windows: int, say: Callable[[str], None]) -> Mapping[str, float]:
    """Return the microseconds of CPU that a request takes: in all, for each part, and for what is left."""
    figures = uvloop.run(_measured(windows))
    for name, microseconds in figures.items():
        say(f"anatomy: {name:<52} {microseconds:>6.1f} µs")
    return figures


async def _measured(windows: int) -> Mapping[str, float]:
    settings = default_settings()
    app = create_app(settings, log=AccessLines(io.StringIO(), as_text))
    own = limited(settings.behaviour)
    with _no_garbage():
        figures = {"all": await _least(app, own, windows)}
        last = await _least(app, _Unbounded, windows)
        figures["limits of the connection"] = figures["all"] - last
        with ExitStack() as out:
            for part in PARTS:
                out.enter_context(part.out())
                left = await _least(app, _Unbounded, windows)
                figures[part.name], last = last - left, left
        figures["uvicorn, with the bare program"] = await _least(bare.app, HttpToolsProtocol, windows)
        figures["the rest of the mock"] = last - figures["uvicorn, with the bare program"]
    return figures


async def _least(app: ASGIApp, kind: type[HttpToolsProtocol], windows: int) -> float:
    config = uvicorn.Config(
        app, http=kind, ws="none", lifespan="off", log_config=None, access_log=False, proxy_headers=False
    )
    config.load()
    state = ServerState()
    state.default_headers = [(b"date", b"Thu, 01 Jan 1970 00:00:00 GMT")]
    connection = kind(config, state, {})
    connection.connection_made(_Client())
    await _ask(connection, state, _WARM_UP)
    taken = [await _timed(connection, state) for _ in range(windows)]
    connection.connection_lost(None)
    return min(taken) / _WINDOW * 1e6


async def _timed(connection: HttpToolsProtocol, state: ServerState) -> float:
    before = thread_time()
    await _ask(connection, state, _WINDOW)
    return thread_time() - before


async def _ask(connection: HttpToolsProtocol, state: ServerState, times: int) -> None:
    for _ in range(times):
        connection.data_received(_REQUEST)
        while state.tasks:  # noqa: ASYNC110 (each is done in the next turn of the loop)
            await asyncio.sleep(0)


@contextmanager
def _no_garbage() -> Iterator[None]:
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()

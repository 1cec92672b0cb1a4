"""Where the time of a request goes: the mock in this process, without a socket, with one part after the other removed.

A removed part stays removed, so the last row is the remainder. Each figure is the minimum of many short windows, which
excludes the time that a busy machine adds.
"""

import asyncio
import gc
import io
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from time import thread_time
from typing import Any
from unittest import mock

import uvicorn
import uvloop
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from mock_server.app import contract, create_app
from mock_server.configuration import read_accounts
from mock_server.embedding import default_settings
from mock_server.http import handlers, pipeline
from mock_server.http.access_log import AccessLines, as_text
from mock_server.http.body import BodyReader
from mock_server.http.connections import EXTENSION, CorkedTransport
from mock_server.http.operations import Operations
from mock_server.http.replies import RefusedError, Reply
from mock_server.http.server import limited_protocol
from mock_server.service import Caller, Seen, Service
from mock_server.stores import MemoryJournal

from .baselines import bare
from .contenders import ACCOUNTS
from .rows import INVALID_ORDER, ORDER

_WINDOW = 200
_WARM_UP = 300

Figures = Mapping[str, float]


@dataclass(frozen=True)
class Part:
    """A part of the work. out: returns a patch that removes it."""

    name: str
    out: Callable[[], Any]


@dataclass(frozen=True)
class Request:
    """A request as bytes, and its parts of the work, in the order in which they are removed."""

    name: str
    data: bytes
    parts: tuple[Part, ...]


class _Client(asyncio.Transport):
    """A client that discards all data."""

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
    """uvicorn's own protocol, with the connection that the mock requires."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._extensions: dict[str, Any] = {EXTENSION: CorkedTransport(transport)}

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = self._extensions


def _none(*_: object, **__: object) -> None:
    pass


async def _nothing(*_: object) -> None:
    pass


def _unchecked(_: Operations, reply: Reply, __: object) -> Reply:
    return reply


def _read_once() -> Any:
    """Remove reading the caller's world: every call returns the first world."""
    look = Service.look
    seen: list[Seen] = []

    async def once(service: Service, caller: Caller) -> Seen:
        if not seen:
            seen.append(await look(service, caller))
        return seen[0]

    return mock.patch.object(Service, "look", once)


def _generated_once() -> Any:
    """Remove the order: every generation returns the images of the first."""
    return _once(handlers, "generate")


def _parsed_once() -> Any:
    """Remove parsing and validating the body: every body has the outcome of the first, valid or not."""
    return _once(BodyReader, "read_fields")


def _once(owner: Any, name: str) -> Any:
    """Return a patch after which a coroutine function always returns, or raises, what its first call did."""
    original = getattr(owner, name)
    outcomes: list[Any] = []

    async def once(*arguments: Any) -> Any:
        if not outcomes:
            try:
                outcomes.append(await original(*arguments))
            except RefusedError as refused:
                outcomes.append(refused)
        if isinstance(outcomes[0], RefusedError):
            raise RefusedError(outcomes[0].reply)
        return outcomes[0]

    return mock.patch.object(owner, name, once)


_RECORDING = (
    Part("the access log", partial(mock.patch.object, AccessLines, "__call__", _none)),
    Part("keeping the journal entry", partial(mock.patch.object, MemoryJournal, "append", _nothing)),
    Part("creating it, with secrets masked", partial(mock.patch.object, pipeline, "journal_entry", _none)),
)
_CHECK = Part("checking the reply against the document", partial(mock.patch.object, Operations, "_checked", _unchecked))
_WORLD = Part("the caller's world: account, lock, time, faults", _read_once)
_ORDER = Part("the order: lock, credits, limit, images, the store", _generated_once)
_BODY = Part("the body: parsed, and checked against the document", _parsed_once)


def _raw(method: str, path: str, order: Mapping[str, Any] | None = None) -> bytes:
    body = b"" if order is None else json.dumps(order).encode()
    about = b"" if order is None else b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
    line = f"{method} /api/v1/aiimage/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer anatomy\r\n"
    return line.encode() + about + b"\r\n" + body


REQUESTS = (
    Request("GET versions", _raw("GET", "versions"), (*_RECORDING, _CHECK, _WORLD)),
    Request("valid POST", _raw("POST", "generate-image", ORDER), (*_RECORDING, _CHECK, _ORDER, _BODY, _WORLD)),
    Request("invalid POST", _raw("POST", "generate-image", INVALID_ORDER), (*_RECORDING, _CHECK, _BODY, _WORLD)),
)


def measure(windows: int, say: Callable[[str], None]) -> Mapping[str, Figures]:
    """Return the microseconds of CPU that each request takes: in total, for each part, and for the remainder."""
    measured = {}
    for request in REQUESTS:
        measured[request.name] = figures = uvloop.run(_measured(request, windows))
        for name, microseconds in figures.items():
            say(f"anatomy of {request.name}: {name:<52} {microseconds:>6.1f} µs")
    return measured


async def _measured(request: Request, windows: int) -> Figures:
    settings = replace(default_settings(), accounts=read_accounts(ACCOUNTS, contract()))
    app = create_app(settings, log=AccessLines(io.StringIO(), as_text))
    own = limited_protocol(settings.behaviour)
    least = partial(_least, request.data, windows)
    with _no_garbage():
        figures = {"all": await least(app, own)}
        last = await least(app, _Unbounded)
        figures["limits of the connection"] = figures["all"] - last
        with ExitStack() as out:
            for part in request.parts:
                out.enter_context(part.out())
                left = await least(app, _Unbounded)
                figures[part.name], last = last - left, left
        figures["uvicorn, with the bare program"] = await least(bare.app, HttpToolsProtocol)
        figures["the rest of the mock"] = last - figures["uvicorn, with the bare program"]
    return figures


async def _least(data: bytes, windows: int, app: ASGIApp, kind: type[HttpToolsProtocol]) -> float:
    config = uvicorn.Config(
        app, http=kind, ws="none", lifespan="off", log_config=None, access_log=False, proxy_headers=False
    )
    config.load()
    state = ServerState()
    state.default_headers = [(b"date", b"Thu, 01 Jan 1970 00:00:00 GMT")]
    connection = kind(config, state, {})
    connection.connection_made(_Client())
    ask = partial(_ask, connection, state, data)
    await ask(_WARM_UP)
    taken = [await _timed(ask) for _ in range(windows)]
    connection.connection_lost(None)
    return min(taken) / _WINDOW * 1e6


async def _timed(ask: Callable[[int], Awaitable[None]]) -> float:
    before = thread_time()
    await ask(_WINDOW)
    return thread_time() - before


async def _ask(connection: HttpToolsProtocol, state: ServerState, data: bytes, times: int) -> None:
    for _ in range(times):
        connection.data_received(data)
        while state.tasks:  # noqa: ASYNC110 (each task ends in the next turn of the loop)
            await asyncio.sleep(0)


@contextmanager
def _no_garbage() -> Iterator[None]:
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()

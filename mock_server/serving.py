"""From settings to a server that listens."""

import asyncio
import errno
import functools
import gc
import logging
import shlex
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType

import click
import uvicorn
from starlette.types import ASGIApp

from . import logs
from .app import create_app, open_state
from .configuration import ConfigurationError
from .http.access import AccessLines, as_json, as_text, in_colours
from .http.protocol import JsonProtocol, limited
from .settings import Settings, is_loopback
from .terminal import takes_colours

_BACKLOG = 2048
_GRACE_SECONDS = 0.4
_FAREWELL_SECONDS = 0.2
_LAST_SECONDS = 1
_OTHER_PORT = "; choose another, or 0 for any free one"


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; raise ConfigurationError, which names the flag at fault."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(f"--host: {host} is no address of this machine: {error}") from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        flag, remedy = ("--host", "") if error.errno == errno.EADDRNOTAVAIL else ("--port", _OTHER_PORT)
        raise ConfigurationError(f"{flag}: {host}:{port} cannot be bound: {error.strerror}{remedy}") from error
    return listener


def server_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """Return how uvicorn is to serve the mock."""
    return uvicorn.Config(
        app,
        http=limited(settings.behaviour),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=_LAST_SECONDS,
    )


def address(listener: socket.socket) -> str:
    """Return the URL that a listening socket is reached at."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(settings: Settings, listener: socket.socket, log_format: str, workers: int = 1) -> None:
    """Serve the mock on `listener` until interrupted, and log to standard error, as "text" or "json".

    workers: how many processes do so; more than one need a state that they can share.
    """
    logs.set_up(log_format)
    if workers == 1:
        _work(settings, listener, log_format)
        return
    from .workers import Workers

    greet = functools.partial(_greet, settings, listener, open_state(settings).shown)
    Workers(workers, functools.partial(_work_for_parent, settings, listener, log_format)).run(greet)


def _work_for_parent(settings: Settings, listener: socket.socket, log_format: str) -> None:
    """Serve as one of many, until SIGTERM or until the parent is gone, however it went."""
    from .workers import parent

    logs.set_up(log_format)
    _work(settings, listener, log_format, parent())


def _work(settings: Settings, listener: socket.socket, log_format: str, parent: int | None = None) -> None:
    form = as_json if log_format == "json" else in_colours if takes_colours(sys.stderr) else as_text
    lines = AccessLines(sys.stderr, form)
    state = open_state(settings)
    config = server_config(create_app(settings, log=lines, state=state), settings)
    server = _Server(config, lines, state.connect, parent)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, server.handle_exit)
    if parent is None:
        _greet(settings, listener, state.shown)
    gc.freeze()  # what is there now stays, and need not be looked through again and again
    server.run([listener])


class _Server(uvicorn.Server):
    """uvicorn's server, which ends within a second, whoever is connected, and by itself: with status 0.

    join: what is awaited before it serves; parent: what becomes readable when it is to end, None for nothing.
    """

    def __init__(
        self, config: uvicorn.Config, lines: AccessLines, join: Callable[[], Awaitable[None]], parent: int | None
    ) -> None:
        super().__init__(config)
        self._lines = lines
        self._join = join
        self._parent = parent

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if self._parent is not None:
            asyncio.get_running_loop().add_reader(self._parent, self._end, self._parent)
        await self._join()
        await super().startup(sockets)

    def _end(self, parent: int) -> None:
        asyncio.get_running_loop().remove_reader(parent)
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal for the wish to end, and the second Ctrl-C for that to end at once."""
        del frame
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let who is being answered have a moment, and then no more."""
        moment = asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._hang_up)
        await super().shutdown(sockets)
        moment.cancel()
        self._lines.flush()

    def _hang_up(self) -> None:
        """Have all requests end. Who has nothing of an answer is told that the mock stops."""
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # it takes what ends like this for failures
        for connection in list(self.server_state.connections):
            if isinstance(connection, JsonProtocol):
                connection.hang_up()
        for task in self.server_state.tasks:
            task.cancel()
        asyncio.get_running_loop().call_later(_FAREWELL_SECONDS, self._abort)

    def _abort(self) -> None:
        """Close what is still open, whether or not the client has taken on all that was said."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def _greet(settings: Settings, listener: socket.socket, state: str) -> None:
    """Say where everything is, with which tokens, and what to do next."""
    coloured = takes_colours(sys.stdout)
    click.echo(click.style("The AI Image API, mocked", bold=True), color=coloured)
    for label, text in _greeting(settings, address(listener), state):
        click.echo(f"  {click.style(f'{label:<13}', dim=True)}{text}", color=coloured)
    sys.stdout.flush()


def _greeting(settings: Settings, origin: str, state: str) -> Iterator[tuple[str, str]]:
    yield "API", f"{origin}/api/v1"
    if settings.control_open:
        yield "page", f"{origin}/_mock/"
        yield "reference", f"{origin}/_mock/docs"
    yield "control API", _control(settings, origin)
    if state != "memory":
        yield "state", state
    yield "tokens", ", ".join(settings.accounts.listed) or "none listed"
    yield "", _others(settings)
    if token := settings.accounts.able():
        header = shlex.quote(f"Authorization: Bearer {token}")
        yield "try", f"curl -H {header} {origin}/api/v1/aiimage/check-availability"
    if not is_loopback(settings.host):
        yield "note", f"{settings.host} is reachable from other machines"
    yield "stop", "Ctrl-C"


def _control(settings: Settings, origin: str) -> str:
    if settings.control_open:
        wants = ", with the admin token" if settings.admin_token is not None else ""
        return f"{origin}/_mock/worlds{wants}"
    return "off: give --admin-token to have it beyond loopback" if settings.control else "off"


def _others(settings: Settings) -> str:
    if settings.accounts.closed:
        return "and no other (--closed)"
    account = settings.accounts.default
    return f"any other opens an account of its own: {account.credits} credits, {account.daily_limit} images a day"

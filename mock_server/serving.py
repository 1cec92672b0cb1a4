"""A process that serves the mock: from settings to a listening server."""

import asyncio
import errno
import functools
import gc
import logging
import os
import shlex
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType

import click
import uvicorn
from starlette.types import ASGIApp

from .app import create_app, open_state
from .configuration import ConfigurationError, Settings, is_loopback
from .domain.clock import RealClock
from .environment import links
from .http.access_log import AccessLines, as_coloured_text, as_json, as_text
from .http.server import JsonProtocol, limited_protocol
from .logs import set_up_logging, use_colours
from .output import prepare_output
from .profiles import warn_of_age

_BACKLOG = 2048
# A stop takes at most a second: requests get the grace time to finish, their 503 the farewell time to be sent.
_GRACE_SECONDS = 0.4
_FAREWELL_SECONDS = 0.2
_SHUTDOWN_SECONDS = 1
# Threads that parse large bodies yield to the event loop sooner than by default, after 5 ms, many times for a request.
_SWITCH_SECONDS = 0.0005
_log = logging.getLogger("aiimage_mock")
_OTHER_PORT = "; choose another, or 0 for any free one"


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; raise ConfigurationError, which names the invalid flag."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(f"--host: {host} is not an address or a name of this machine") from error
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
    """Return the uvicorn configuration for the mock."""
    return uvicorn.Config(
        app,
        http=limited_protocol(settings.behaviour),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )


def address(listener: socket.socket) -> str:
    """Return the URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(settings: Settings, listener: socket.socket, log_format: str, workers: int = 1) -> None:
    """Serve the mock on `listener` until interrupted, and log to standard error, as "text" or "json".

    workers: number of processes; more than one require a state that they can share.
    """
    set_up_logging(log_format)
    if ignored := links(os.environ):
        _log.info("ignored, from a service named aiimage-mock: %s", ", ".join(ignored))
    warn_of_age(settings.profile, RealClock().now())
    if workers == 1:
        _work(settings, listener, log_format)
        return
    from .workers import Workers

    greet = functools.partial(_greet, settings, listener, open_state(settings).shown)
    Workers(workers, functools.partial(_work_for_parent, settings, listener, log_format)).run(greet)


def _work_for_parent(settings: Settings, listener: socket.socket, log_format: str) -> None:
    """Serve as one of several workers, until SIGTERM or until the parent process has ended, even by SIGKILL."""
    from .workers import parent

    prepare_output()
    set_up_logging(log_format)
    _work(settings, listener, log_format, parent())


def _work(settings: Settings, listener: socket.socket, log_format: str, parent: int | None = None) -> None:
    form = as_json if log_format == "json" else as_coloured_text if use_colours(sys.stderr) else as_text
    lines = AccessLines(sys.stderr, form)
    state = open_state(settings)
    config = server_config(create_app(settings, log=lines, state=state), settings)
    server = _Server(config, lines, state.connect, parent)
    # From here on, not only while it serves: a signal during start-up must end with status 0, too.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, server.handle_exit)
    if parent is None:
        _greet(settings, listener, state.shown)
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.freeze()  # what is loaded now lives as long as the process: later collections skip it
    server.run([listener])


class _Server(uvicorn.Server):
    """A uvicorn server that stops within a second, even if clients are connected, with exit status 0.

    join: awaited before it serves; parent: file descriptor that becomes readable when it has to stop, or None.
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
        """Stop on a signal; on the second Ctrl-C, at once."""
        # uvicorn would keep the signal and raise it again at the end, so that the exit status would not be 0.
        del frame
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Give requests the grace time to finish, then cancel them."""
        grace = asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._hang_up)
        await super().shutdown(sockets)
        grace.cancel()
        self._lines.flush()

    def _hang_up(self) -> None:
        """Cancel all requests. Requests without a response yet get a 503."""
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # it reports cancelled requests as errors
        for connection in list(self.server_state.connections):
            if isinstance(connection, JsonProtocol):
                connection.hang_up()
        for task in self.server_state.tasks:
            task.cancel()
        asyncio.get_running_loop().call_later(_FAREWELL_SECONDS, self._abort)

    def _abort(self) -> None:
        """Close the connections that are still open, even if a client has not read its whole response."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def _greet(settings: Settings, listener: socket.socket, state: str) -> None:
    """Print the addresses, the tokens, and a first call to try."""
    coloured = use_colours(sys.stdout)
    click.echo(click.style("AI Image API mock", bold=True), color=coloured)
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
        auth = " (requires the admin token)" if settings.admin_token is not None else ""
        return f"{origin}/_mock/worlds{auth}"
    return "off: add --admin-token to use it beyond loopback" if settings.control else "off"


def _others(settings: Settings) -> str:
    if settings.accounts.closed:
        return "no other token is valid (--closed)"
    account = settings.accounts.default
    owns = f"{_counted(account.credits, 'credit')}, {_counted(account.daily_limit, 'image')} a day"
    return f"any other token opens a new account: {owns}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

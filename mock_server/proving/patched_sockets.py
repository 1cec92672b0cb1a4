"""Virtual time for the connections of a client to the mock, and for its event loops."""

import math
import selectors
import socket
import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from mock_server.domain.clock import SECOND

from .virtual_run import VirtualRun, runs

# Of real time: how long an event loop that was interrupted waits for what its cleaning needs.
_CLEANING_SECONDS = 0.005


def patch_sockets() -> None:
    """Let sockets that are connected to the mock send and wait in virtual time."""
    ports = _Ports()
    for name in ("send", "sendall", "sendmsg"):
        if hasattr(socket.socket, name):
            setattr(socket.socket, name, _sends(getattr(socket.socket, name), ports))
    for name in ("recv", "recv_into"):
        setattr(socket.socket, name, _receives(getattr(socket.socket, name), ports))
    setattr(socket.socket, "close", _closes(socket.socket.close, ports))  # noqa: B010 (to mypy it is a method)


def patch_selectors() -> None:
    """Let event loops wait in virtual time."""
    kind: Any = selectors.DefaultSelector
    original = kind.select

    def select(selector: Any, timeout: float | None = None) -> Any:
        run = runs.of_client()
        if run is None or (timeout is not None and timeout <= 0):
            return original(selector, timeout)
        if run.time.interrupted and run.cleans():
            run.time.skip(round((timeout or 0) * SECOND))
            return original(selector, _CLEANING_SECONDS if timeout is None else 0)
        deadline = None if timeout is None else run.time.now() + math.ceil(timeout * SECOND)
        run.time.block(lambda: bool(original(selector, 0)), deadline)
        return original(selector, 0)

    kind.select = select


class _Ports:
    """The client's ports of connections to the mock."""

    def __init__(self) -> None:
        self._by_socket: WeakKeyDictionary[socket.socket, tuple[int, Any]] = WeakKeyDictionary()

    def of(self, sock: socket.socket, run: VirtualRun) -> int | None:
        """Return the port, None if the socket is not connected to the mock of the run."""
        known = self._by_socket.get(sock)
        if known is None:
            try:
                known = sock.getsockname()[1], sock.getpeername()[:2]
            except (OSError, IndexError, TypeError):
                return None
            self._by_socket[sock] = known
        port, peer = known
        return port if peer == run.address else None


def _sends(original: Callable[..., Any], ports: _Ports) -> Callable[..., Any]:
    def send(sock: socket.socket, *arguments: Any) -> Any:
        run = runs.of_anyone()
        if run and (port := ports.of(sock, run)) and run.clients.add(threading.current_thread()):
            if sock.gettimeout() != 0:
                run.time.check()
            run.traffic.send(port)
            run.time.touch()
        return original(sock, *arguments)

    return send


def _receives(original: Callable[..., Any], ports: _Ports) -> Callable[..., Any]:
    def receive(sock: socket.socket, *arguments: Any) -> Any:
        run = runs.of_client()
        if run is None or not (port := ports.of(sock, run)):
            return original(sock, *arguments)
        timeout = sock.gettimeout()
        if timeout != 0:
            deadline = None if timeout is None else run.time.now() + math.ceil(timeout * SECOND)
            if not run.time.block(lambda: _readable(sock), deadline):
                raise TimeoutError("timed out")
        try:
            return original(sock, *arguments)
        finally:
            run.traffic.read(port)

    return receive


def _closes(original: Callable[[socket.socket], None], ports: _Ports) -> Callable[..., None]:
    def close(sock: socket.socket) -> None:
        if (run := runs.of_anyone()) and (port := ports.of(sock, run)):
            run.traffic.read(port)
        original(sock)

    return close


def _readable(sock: socket.socket) -> bool:
    """Return whether a read would return at once."""
    selector = selectors.PollSelector() if hasattr(selectors, "PollSelector") else selectors.SelectSelector()
    with selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(0))

"""A TCP proxy that counts round trips: how often a client waits for an answer before it sends more."""

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

_PIECE = 65_536


class RoundTrips:
    """Counts the round trips of one connection. All that is sent before an answer, such as a pipeline, is one."""

    def __init__(self) -> None:
        self.count = 0
        self._waits = False
        self._lock = threading.Lock()

    def sent(self) -> None:
        with self._lock:
            self.count += not self._waits
            self._waits = True

    def answered(self) -> None:
        with self._lock:
            self._waits = False


class CountingProxy:
    """Forwards connections to a server on this machine while its context is active."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._trips: list[RoundTrips] = []
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        _in_background(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in (self._listener, *self._sockets):
            _hang_up(each)

    def trips(self) -> int:
        """Return the number of round trips so far."""
        return sum(trips.count for trips in list(self._trips))

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self._target))
        trips = RoundTrips()
        self._trips.append(trips)
        self._sockets += [client, server]
        _in_background(lambda: _copy(client, server, trips.sent))
        _in_background(lambda: _copy(server, client, trips.answered))


def _copy(source: socket.socket, target: socket.socket, seen: Callable[[], None]) -> None:
    """Forward all data. `seen` is called before each piece is sent, so before its answer can arrive."""
    try:
        while piece := source.recv(_PIECE):
            seen()
            target.sendall(piece)
    except OSError:
        pass
    finally:
        _hang_up(target)


def _hang_up(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()


def _in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()

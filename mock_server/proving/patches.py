"""Virtual time for a client: its sleeps, the timeouts of its sockets, its event loops, and the time that it reads.

Patched in `time`, `socket` and `selectors`, where every library written in Python finds them; outside of a run, and in
the mock's own threads, each does what it always did. Not covered: event loops other than those of asyncio, such as
uvloop and trio, `datetime.now`, and the timeouts of `threading` and `queue`. These have real time.
"""

import gc
import math
import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from mock_server.client import Control
from mock_server.domain.clock import SECOND, Instant

from .virtual_time import VirtualTime

# Those of the time module, by name: each returns the time in units of which a second has so many.
_READS = {
    "time": 1,
    "time_ns": 10**9,
    "monotonic": 1,
    "monotonic_ns": 10**9,
    "perf_counter": 1,
    "perf_counter_ns": 10**9,
}
# The standard library waits with real locks by these names; pytest, and the mock's server, measure real time.
_KEEP = sys.stdlib_module_names | {"_pytest", "pytest", "mock_server", "uvicorn"}
# After an interruption an event loop cancels its tasks; after these turns it is interrupted again.
_CLEANING_TURNS = 200
_CLEANING_SECONDS = 0.005


class Traffic:
    """The requests that clients have sent to the mock, and those that it has begun, by the port of the client."""

    def __init__(self) -> None:
        self.begun: dict[int, int] = {}
        self._sent: dict[int, int] = {}

    def send(self, port: int) -> None:
        """Note that a client sends; what it sends before it reads is one request."""
        self._sent.setdefault(port, self.begun.get(port, 0) + 1)

    def read(self, port: int) -> None:
        """Note that a client has something of a reply, or the end of the connection."""
        self._sent.pop(port, None)

    def begin(self, port: int) -> None:
        """Note that the mock begins a request."""
        self.begun[port] = self.begun.get(port, 0) + 1

    @property
    def arrived(self) -> bool:
        """Whether the mock has begun every request that was sent."""
        return all(self.begun.get(port, 0) >= count for port, count in list(self._sent.items()))


class Patches:
    """The patches of this process, for one mock at a time. Made once: modules keep references to what is patched."""

    def __init__(self) -> None:
        self._time: VirtualTime | None = None
        self._traffic = Traffic()
        self._address: Any = None
        self._exempt: set[int] = set()
        self._base: dict[str, float] = {}
        self._start: Instant = 0
        self._ports: WeakKeyDictionary[socket.socket, int] = WeakKeyDictionary()
        self._real = threading.local()
        self._installed = False
        self._cleaning = 0

    def install(self) -> None:
        """Patch, and replace the references that modules have already imported."""
        if self._installed:
            return
        self._installed = True
        replaced: dict[int, Any] = {id(time.sleep): self._sleep(time.sleep)}
        time.sleep = replaced[id(time.sleep)]
        for name, units in _READS.items():
            original = getattr(time, name)
            replaced[id(original)] = self._read(name, original, units)
            setattr(time, name, replaced[id(original)])
        _replace_references(replaced)
        self._patch_sockets()
        self._patch_selectors()
        self._patch_control()

    def exempt(self, thread: int) -> None:
        """Give a thread real time: it serves a mock."""
        self._exempt.add(thread)

    @contextmanager
    def run(self, virtual: VirtualTime, traffic: Traffic, address: tuple[str, int]) -> Iterator[None]:
        """Give the process virtual time until the end of the context. address: of the mock."""
        outer = self._time, self._traffic, self._address, self._base, self._start
        self._base = {name: getattr(time, name).original() for name in _READS}
        self._time, self._traffic, self._address, self._start = virtual, traffic, address, virtual.now()
        self._cleaning = 0
        try:
            yield
        finally:
            self._time, self._traffic, self._address, self._base, self._start = outer

    def _virtual(self) -> VirtualTime | None:
        virtual = self._time
        if virtual is None or threading.get_ident() in self._exempt or getattr(self._real, "depth", 0) > 0:
            return None
        return virtual

    def _sleep(self, original: Callable[[float], None]) -> Callable[[float], None]:
        def sleep(seconds: float, /) -> None:
            virtual = self._virtual()
            if virtual is None:
                original(seconds)
            elif seconds < 0:
                raise ValueError("sleep length must be non-negative")
            else:
                virtual.block(lambda: False, virtual.now() + math.ceil(seconds * SECOND))

        return sleep

    def _read(self, name: str, original: Callable[[], Any], units: int) -> Callable[[], Any]:
        def read() -> Any:
            virtual = self._virtual()
            if virtual is None:
                return original()
            elapsed = virtual.read() - self._start
            return self._base[name] + (elapsed / SECOND if units == 1 else elapsed * units // SECOND)

        read.original = original  # type: ignore[attr-defined]
        return read

    def _port(self, sock: socket.socket) -> int | None:
        """Return the client's port of a connection to the mock, None for any other socket."""
        port = self._ports.get(sock)
        if port is None:
            try:
                port = sock.getsockname()[1] if sock.getpeername()[:2] == self._address else 0
            except (OSError, IndexError, TypeError):
                return None
            self._ports[sock] = port
        return port or None

    def _patch_sockets(self) -> None:
        for name in ("send", "sendall", "sendmsg"):
            if hasattr(socket.socket, name):
                setattr(socket.socket, name, self._sends(getattr(socket.socket, name)))
        for name in ("recv", "recv_into"):
            setattr(socket.socket, name, self._receives(getattr(socket.socket, name)))
        setattr(socket.socket, "close", self._closes(socket.socket.close))  # noqa: B010 (to mypy it is a method)

    def _sends(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def send(sock: socket.socket, *arguments: Any) -> Any:
            virtual = self._virtual()
            if virtual and (port := self._port(sock)):
                if sock.gettimeout() != 0:
                    virtual.check()
                self._traffic.send(port)
                virtual.touch()
            return original(sock, *arguments)

        return send

    def _receives(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def receive(sock: socket.socket, *arguments: Any) -> Any:
            virtual = self._virtual()
            if virtual is None or not (port := self._port(sock)):
                return original(sock, *arguments)
            timeout = sock.gettimeout()
            if timeout != 0:
                deadline = None if timeout is None else virtual.now() + math.ceil(timeout * SECOND)
                if not virtual.block(lambda: _readable(sock), deadline):
                    raise TimeoutError("timed out")
            try:
                return original(sock, *arguments)
            finally:
                self._traffic.read(port)

        return receive

    def _closes(self, original: Callable[[socket.socket], None]) -> Callable[[socket.socket], None]:
        def close(sock: socket.socket) -> None:
            if port := self._ports.get(sock):
                self._traffic.read(port)
            original(sock)

        return close

    def _patch_selectors(self) -> None:
        kind: Any = selectors.DefaultSelector
        original = kind.select

        def select(selector: Any, timeout: float | None = None) -> Any:
            virtual = self._virtual()
            if virtual is None or (timeout is not None and timeout <= 0):
                return original(selector, timeout)
            if virtual.interrupted and self._cleans():
                virtual.skip(round((timeout or 0) * SECOND))
                return original(selector, _CLEANING_SECONDS if timeout is None else 0)
            deadline = None if timeout is None else virtual.now() + math.ceil(timeout * SECOND)
            virtual.block(lambda: bool(original(selector, 0)), deadline)
            return original(selector, 0)

        kind.select = select

    def _patch_control(self) -> None:
        """Let the control API have real time: a call of it is not a step of the client."""
        original = Control.call

        def call(control: Control, method: str, path: str, body: object = None) -> Any:
            with _RealTime(self._real):
                return original(control, method, path, body)

        setattr(Control, "call", call)  # noqa: B010 (to mypy it is a method)

    def _cleans(self) -> bool:
        """Return whether an event loop that was interrupted once may continue, to cancel its tasks."""
        self._cleaning += 1
        return self._cleaning % _CLEANING_TURNS != 1


class _RealTime:
    """A context in which this thread has real time."""

    def __init__(self, local: threading.local) -> None:
        self._local = local

    def __enter__(self) -> None:
        self._local.depth = getattr(self._local, "depth", 0) + 1

    def __exit__(self, *failure: object) -> None:
        self._local.depth -= 1


def _readable(sock: socket.socket) -> bool:
    """Return whether a read would return at once."""
    selector = selectors.PollSelector() if hasattr(selectors, "PollSelector") else selectors.SelectSelector()
    with selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(0))


def _replace_references(replaced: dict[int, Any]) -> None:
    """Replace the functions that modules have imported by name, as in `from time import sleep`."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in _KEEP:
            continue
        for attribute, value in list(getattr(module, "__dict__", {}).items()):
            if id(value) in replaced:
                setattr(module, attribute, replaced[id(value)])
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__defaults__ and str(each.__module__).partition(".")[0] not in _KEEP:
            each.__defaults__ = tuple(replaced.get(id(value), value) for value in each.__defaults__)


patches = Patches()

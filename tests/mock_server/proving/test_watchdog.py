"""A run ends within a bounded real time, with an observation, whatever the threads of the client wait for."""

import _socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from mock_server.client import Control
from mock_server.embedding import default_settings
from mock_server.proving import disasters, watchdog
from mock_server.proving.disasters import observe, shared_server
from mock_server.proving.observed import Arrival
from mock_server.proving.points import parse_schedule
from mock_server.proving.virtual_server import VirtualServer
from mock_server.proving.virtual_time import Interrupted
from mock_server.proving.watchdog import Watchdog
from mock_server.testing import AiimageMock

if TYPE_CHECKING:
    from mock_server.proving.observed import Run

RELEASED = threading.Event()
PROCESSES: list[subprocess.Popen[bytes]] = []


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    RELEASED.clear()
    monkeypatch.setattr(watchdog, "REAL_SECONDS", 0.05)
    monkeypatch.setattr(watchdog, "_AGAIN_SECONDS", 0.02)
    yield
    RELEASED.set()
    while PROCESSES:
        with PROCESSES.pop() as process:
            process.kill()


@pytest.fixture
def server() -> Iterator[VirtualServer]:
    with VirtualServer(default_settings()).served() as server:
        yield server


def locked_twice(_: str) -> None:
    lock = threading.Lock()
    with lock, lock:
        pass


def a_result_that_never_comes(_: str) -> None:
    Future[None]().result()


def a_pool_whose_thread_waits(_: str) -> None:
    with ThreadPoolExecutor() as pool:
        pool.submit(RELEASED.wait).result()


def busy(_: str) -> None:
    while True:
        pass


def a_thread_that_is_busy(origin: str) -> None:
    thread = threading.Thread(target=busy, args=(origin,), daemon=True)
    thread.start()
    thread.join()


def another_process(_: str) -> None:
    PROCESSES.append(subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"]))
    PROCESSES[-1].wait()


def a_library_in_c(origin: str) -> None:
    """Its sockets are not those of Python, so their time is real."""
    url = urlsplit(origin)
    with_socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    with_socket.connect((url.hostname, url.port))
    with_socket.sendall(b"GET /api/v1/aiimage/versions HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer c\r\n\r\n")
    try:
        with_socket.recv(1)
    finally:
        with_socket.close()


HANGS = [
    locked_twice,
    a_result_that_never_comes,
    a_pool_whose_thread_waits,
    busy,
    a_thread_that_is_busy,
    another_process,
    a_library_in_c,
]


@pytest.mark.parametrize("client", HANGS, ids=lambda each: each.__name__)
def test_a_client_that_waits_in_real_time_is_stopped(server: VirtualServer, client: Callable[[str], None]) -> None:
    run = observe(server, parse_schedule("1.timeout"), lambda: client(server.embedded.origin))
    assert (run.ended, run.said[:12]) == ("hang", "it was busy,")


@pytest.mark.parametrize("client", [locked_twice, a_pool_whose_thread_waits], ids=lambda each: each.__name__)
def test_a_client_that_no_signal_reaches_is_abandoned(
    server: VirtualServer, client: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "_GIVE_UP_TURNS", 3)
    runs: list[Run] = []
    thread = threading.Thread(target=lambda: runs.append(observe(server, (), lambda: client(""))))
    thread.start()
    thread.join()
    assert [run.ended for run in runs] == ["hang"]


def test_a_client_elsewhere_than_in_the_main_thread_ends_as_it_does(server: VirtualServer) -> None:
    runs: list[Run] = []

    def client(fails: bool) -> str:
        if fails:
            raise ValueError("no")
        return "yes"

    for fails in (False, True):
        thread = threading.Thread(target=lambda fails=fails: runs.append(observe(server, (), lambda: client(fails))))
        thread.start()
        thread.join()
    assert [(run.ended, run.said) for run in runs] == [("success", "returned 'yes'"), ("failure", "ValueError: no")]


def test_a_mock_that_stops_is_reported_and_another_one_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "REAL_SECONDS", 20)
    monkeypatch.setattr(disasters, "_shared", [])
    with ExitStack() as served:
        monkeypatch.setattr(disasters, "_served", served)
        server = shared_server()

        def client() -> None:
            server.embedded.run(server.embedded._stop())
            server.embedded._thread.join()
            server.time.block(lambda: False, server.time.now() + 1)

        with pytest.raises(RuntimeError, match="the mock of this process has stopped"):
            observe(server, (), client)
        again = shared_server()
        mock = AiimageMock(Control(again.embedded.origin), "another", None)
        assert observe(again, (), lambda: mock.state).ended == "success"


@pytest.mark.parametrize(
    ("requests", "extended"), [([0], [False]), ([1, 1], [True, False]), ([1, 2, 3], [True, True, False])]
)
def test_each_request_gives_a_client_more_time_up_to_a_bound(
    server: VirtualServer, requests: list[int], extended: list[bool]
) -> None:
    dog = Watchdog(server)
    for number, more in zip(requests, extended, strict=True):
        server.injector.arrivals = [Arrival(each + 1, None, "GET", "/", 0) for each in range(number)]
        assert dog._extended() is more


def test_a_run_inside_another_has_its_own_time_limit(server: VirtualServer) -> None:
    outer = Watchdog(server)
    with outer.watching():
        with outer.paused():
            RELEASED.wait(0.05)
            RELEASED.wait(0.05)
        assert server.time.interrupted is None
        with pytest.raises(Interrupted):
            RELEASED.wait()
    assert server.time.interrupted == "overdue"

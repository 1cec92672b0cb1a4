"""Virtual time beside other threads: those of the client have it, and no others, whatever numbers they have."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
import requests

from mock_server.client import Control
from mock_server.embedding import default_settings
from mock_server.proving.disasters import observe
from mock_server.proving.points import parse_schedule
from mock_server.proving.virtual_server import VirtualServer
from mock_server.testing import AiimageMock
from support.calls import ORDER

Send = Callable[[AiimageMock], Any]


def order(mock: AiimageMock) -> Any:
    return requests.post(f"{mock.base_url}/aiimage/generate-image", json=ORDER, headers=mock.headers, timeout=1_000)


@pytest.fixture(scope="module")
def server() -> Iterator[VirtualServer]:
    with VirtualServer(default_settings()).served() as server:
        yield server


@contextmanager
def pool_of_the_run() -> Iterator[Send]:
    def send(mock: AiimageMock) -> Any:
        with ThreadPoolExecutor() as pool:
            return pool.submit(order, mock).result()

    yield send


@contextmanager
def pool_of_before() -> Iterator[Send]:
    with ThreadPoolExecutor() as pool:
        pool.submit(int).result()
        yield lambda mock: pool.submit(order, mock).result()


@contextmanager
def loop_of_before() -> Iterator[Send]:
    async def send(mock: AiimageMock) -> Any:
        async with httpx.AsyncClient(timeout=1_000, verify=False) as client:
            return await client.post(f"{mock.base_url}/aiimage/generate-image", json=ORDER, headers=mock.headers)

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield lambda mock: asyncio.run_coroutine_threadsafe(send(mock), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@contextmanager
def worker_of_before() -> Iterator[Send]:
    """Known only once it sends."""
    asked: queue.Queue[AiimageMock | None] = queue.Queue()
    answered: queue.Queue[Any] = queue.Queue()

    def work() -> None:
        while mock := asked.get():
            try:
                answered.put(order(mock))
            except requests.RequestException as error:
                answered.put(error)

    def send(mock: AiimageMock) -> Any:
        asked.put(mock)
        reply = answered.get()
        if isinstance(reply, Exception):
            raise reply
        return reply

    thread = threading.Thread(target=work)
    thread.start()
    yield send
    asked.put(None)
    thread.join()


@contextmanager
def leftovers() -> Iterator[None]:
    """Threads of other tests: some sleep, some wait, some end all the time, and idle numbers are used again."""
    stop = threading.Event()

    def sleep() -> None:
        while not stop.is_set():
            time.sleep(0.01)

    def start() -> None:
        while not stop.is_set():
            threading.Thread(target=int).start()
            time.sleep(0.001)

    threads = [threading.Thread(target=each) for each in (sleep, start, stop.wait)]
    with ThreadPoolExecutor(2) as pool, ExitStack() as ended:
        for _ in range(3):  # whose threads' numbers are free afterwards
            ended.enter_context(VirtualServer(default_settings()).served())
        ended.close()
        pool.submit(int).result()
        for each in threads:
            each.start()
        try:
            yield
        finally:
            stop.set()
            for each in threads:
                each.join()


CLIENTS = [pool_of_the_run, pool_of_before, loop_of_before, worker_of_before]


@pytest.mark.slow
@pytest.mark.parametrize("others", [False, True], ids=["alone", "beside leftovers"])
@pytest.mark.parametrize("client", CLIENTS, ids=lambda each: each.__name__)
def test_the_threads_of_a_client_have_virtual_time(server: VirtualServer, client: Any, others: bool) -> None:
    mock = AiimageMock(Control(server.embedded.origin), f"{client.__name__}-{others}", None)
    waited: list[float] = []

    def scenario() -> str:
        began = time.monotonic()
        try:
            return str(send(mock).status_code)
        finally:
            waited.append(time.monotonic() - began)

    with ExitStack() as stack:
        if others:
            stack.enter_context(leftovers())
        send = stack.enter_context(client())
        for schedule in ("none", "1.timeout"):
            mock.begin(generation_time=900)
            observe(server, parse_schedule(schedule), scenario)
    assert waited == [pytest.approx(900, abs=0.1), pytest.approx(1_000, abs=1)]


def test_a_thread_that_outlives_its_run_continues_in_real_time(server: VirtualServer) -> None:
    began = threading.Event()
    slept: list[float] = []

    def sleep() -> None:
        began.set()
        time.sleep(1_000)
        slept.append(time.time())

    def scenario() -> threading.Thread:
        thread = threading.Thread(target=sleep)
        thread.start()
        began.wait()
        return thread

    threads: list[threading.Thread] = []
    observe(server, (), lambda: threads.append(scenario()))
    threads[0].join()
    assert slept == [pytest.approx(time.time(), abs=60)]


def test_a_thread_of_an_interrupted_run_ends_without_a_traceback(server: VirtualServer) -> None:
    threads = [threading.Thread(target=time.sleep, args=(1e9,))]

    def scenario() -> None:
        threads[0].start()
        time.sleep(1e9)

    assert observe(server, (), scenario).ended == "hang"
    threads[0].join()

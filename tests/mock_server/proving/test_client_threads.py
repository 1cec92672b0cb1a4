"""The threads of a client, and those of them that act."""

import queue
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from mock_server.proving.client_threads import ClientThreads, exempt


@pytest.fixture
def released() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_thread_is_known_as_an_object_not_by_its_number() -> None:
    clients = ClientThreads()
    ended = threading.Thread(target=lambda: None)
    ended.start()
    ended.join()
    clients.add(ended)
    seen: list[bool] = []
    while True:  # until the number is used again
        next_one = threading.Thread(target=lambda: seen.append(clients.has_current()))
        next_one.start()
        next_one.join()
        if next_one.ident == ended.ident:
            break
    assert seen[-1] is False
    assert clients.others() == []


def test_the_threads_of_a_mock_are_never_added() -> None:
    clients = ClientThreads()
    exempt(threading.current_thread())
    other = threading.Thread(target=lambda: None)
    try:
        assert not clients.add(threading.current_thread())
        assert clients.add(other)
    finally:
        from mock_server.proving import client_threads

        client_threads._EXEMPT.discard(threading.current_thread())
    assert not clients.has_current()


def test_threads_that_wait_for_each_other_rest_and_others_act(released: threading.Event) -> None:
    items: queue.Queue[int] = queue.Queue()
    busy = threading.Event()

    def spin() -> None:
        busy.set()
        while not released.is_set():
            pass

    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        (idle,) = pool._threads
        resting = [threading.Thread(target=released.wait), threading.Thread(target=items.get), idle]
        spinning = threading.Thread(target=spin)
        for each in (*resting[:2], spinning):
            each.start()
        busy.wait()
        clients = ClientThreads()
        while clients.acting(resting):  # until they have begun to wait
            pass
        assert clients.acting([*resting, spinning]) == [spinning]
        assert clients.acting([threading.Thread(target=int)]) != []  # it is about to start
        waiting: Future[None] = Future()
        clients.add_work(waiting, pool._work_queue)  # as if the idle thread had just taken it
        assert clients.acting([idle]) == [idle]
        waiting.set_running_or_notify_cancel()
        assert clients.acting([idle]) == []
        pool._shutdown = True
        assert clients.acting([idle]) == [idle]
        pool._shutdown = False
        released.set()
        items.put(1)

"""A client that sends requests continuously during a test."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from itertools import count
from urllib.parse import urlsplit

from support.mock import PREFIX

RATE = 200
AT_ONCE = 10


def send(origin: str, token: str, times: int) -> str:
    """Send requests, and return the id of the last one."""
    with closing(_connect(origin)) as connection:
        return _send(connection, token, times)


@contextmanager
def load(origin: str, token: str) -> Iterator[None]:
    """Run a client that sends 200 requests a second, or as many as are answered."""
    stop = threading.Event()

    def work() -> None:
        with closing(_connect(origin)) as connection:
            began = time.monotonic()
            for sent in count(AT_ONCE, AT_ONCE):
                _send(connection, token, AT_ONCE)
                if stop.wait(began + sent / RATE - time.monotonic()):
                    return

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _connect(origin: str) -> HTTPConnection:
    return HTTPConnection(urlsplit(origin).netloc, timeout=30)


def _send(connection: HTTPConnection, token: str, times: int) -> str:
    for _ in range(times):
        connection.request("GET", f"{PREFIX}/versions", headers={"authorization": f"Bearer {token}"})
        reply = connection.getresponse()
        reply.read()
    return str(reply.headers["x-mock-request-id"])

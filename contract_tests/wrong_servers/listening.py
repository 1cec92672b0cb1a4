"""Servers on loopback, with one thread a connection, and how to run one within a block."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

_POLL_SECONDS = 0.02


class LoopbackServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # a burst of connections overflows the default of 5

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", port), handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect."""


@contextmanager
def in_thread(listening: LoopbackServer) -> Iterator[str]:
    """Serve within the context, and return the address."""
    with listening:
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": _POLL_SECONDS}, daemon=True)
        thread.start()
        try:
            yield listening.address
        finally:
            listening.shutdown()
            thread.join()

"""A small HTTP server in its own thread."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Handler(BaseHTTPRequestHandler, ABC):
    """The base class of small servers. `answer` handles every method; nothing is logged."""

    @abstractmethod
    def answer(self) -> None: ...

    def _dispatch(self) -> None:
        self.answer()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _dispatch  # noqa: N815  names that the base class calls

    def read(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def send(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def send_json(self, status: int, body: Any, **headers: str) -> None:
        self.send(status, json.dumps(body).encode(), Content_Type="application/json", **headers)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's signature
        pass


@contextmanager
def listening(handler: type[Handler]) -> Iterator[str]:
    """Serve on a free port; yield host and port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()

"""The service over HTTP/1.1, with a thread for every connection."""

import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from contract_tests.wrong_servers.message import Reply, Request
from contract_tests.wrong_servers.presentation import Dress

Answer = Callable[[Request], Reply]
_CHUNK = 4096


class Server(ThreadingHTTPServer):
    """Listens on loopback; each reply goes out as `dress` has it."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, answer: Answer, dress: Dress) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer, self.dress = answer, dress

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is none of the server's business."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def _serve(self) -> None:
        reply = self.server.answer(self._request())
        reply.manner(self.connection, rendered(reply, self.server.dress, self.command))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_QUERY = _serve  # noqa: N815

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, self._body(headers))

    def _body(self, headers: dict[str, str]) -> bytes:
        if "chunked" not in headers.get("transfer-encoding", ""):
            return self.rfile.read(int(headers.get("content-length", 0)))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's signature
        pass


def rendered(reply: Reply, dress: Dress, method: str = "GET") -> bytes:
    """A reply as it goes over the wire, in one piece."""
    content = reply.body if isinstance(reply.body, bytes) else json.dumps(dress.adorned(reply.body)).encode()
    chunked = dress.chunked and reply.content_type.startswith("application/json")
    headers = {"Content-Type": reply.content_type + (dress.charset if chunked else "")} if reply.content_type else {}
    headers |= {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(len(content))}
    phrase = HTTPStatus(reply.status).phrase if reply.status in set(HTTPStatus) else "Page Expired"
    lines = [f"HTTP/1.1 {reply.status} {phrase}"]
    lines += [
        f"{dress.header_name(name)}: {value}" for name, value in {**headers, **dress.headers, **reply.headers}.items()
    ]
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    if method == "HEAD":
        return head
    return head + (_chunks(content) if chunked else content)


def _chunks(content: bytes) -> bytes:
    pieces = [content[start : start + _CHUNK] for start in range(0, len(content), _CHUNK)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"

"""The service over HTTP/1.1, with one thread a connection: requests, request bodies and replies."""

import json
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from contract_tests.wrong_servers.listening import LoopbackServer
from contract_tests.wrong_servers.pace import Pace
from contract_tests.wrong_servers.presentation import Presentation

SendStrategy = Callable[[socket.socket, bytes], None]
_CHUNK_BYTES = 4096
_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')


def send_all(connection: socket.socket, message: bytes) -> None:
    """Send a reply normally."""
    connection.sendall(message)


@dataclass(frozen=True)
class Request:
    """The names of headers are in lower case; `path` excludes the query."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def origin(self) -> str:
        return f"http://{self.headers.get('host', '127.0.0.1')}"


@dataclass(frozen=True)
class Reply:
    """The body is sent as JSON unless it is bytes."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    send: SendStrategy = send_all


def error(status: int, message: str) -> Reply:
    return Reply(status, {"status": "error", "message": message})


# Request bodies


@dataclass
class Form:
    """The fields of a request body; `files` are the bytes by field."""

    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


def parse(content_type: str, body: bytes) -> Form:
    """Parse a JSON, multipart or urlencoded body; an unreadable one has no fields."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            return parse_multipart(parameters(content_type).get("boundary", ""), body)
        if kind == "application/x-www-form-urlencoded":
            return Form(dict(parse_qsl(body.decode(), keep_blank_values=True)))
        content = json.loads(body) if kind.endswith("json") else None
    except (ValueError, RecursionError):
        return Form()
    return Form(content if isinstance(content, dict) else {})


def parse_multipart(boundary: str, body: bytes) -> Form:
    """Parse a multipart body; parts with a file name are files."""
    form = Form()
    if not boundary:
        return form
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode())
    for part in parts[1:]:
        if part.startswith(b"--"):
            break
        head, _, content = part.partition(b"\r\n\r\n")
        disposition = parameters(_disposition(head))
        name = disposition.get("name")
        if name is None:
            continue
        if "filename" in disposition:
            form.files[name] = content
        else:
            form.fields[name] = content.decode("utf-8", "replace")
    return form


def parameters(header: str) -> dict[str, str]:
    """Return the parameters of a header, for example the boundary of a Content-Type."""
    return {
        name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
        for name, quoted, bare in _PARAMETER.findall(header)
    }


def _disposition(head: bytes) -> str:
    lines = head.decode("utf-8", "replace").split("\r\n")
    return next((line for line in lines if line.lower().startswith("content-disposition:")), "")


# The server

Answer = Callable[[Request], Reply]


class Server(LoopbackServer):
    """Renders each reply in the style of `presentation`, with a date by `pace`."""

    def __init__(self, port: int, answer: Answer, presentation: Presentation, pace: Pace | None = None) -> None:
        super().__init__(port, _Handler)
        self.answer, self.presentation, self.pace = answer, presentation, pace or Pace()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or small replies wait for an acknowledgement
    server: Server

    def _serve(self) -> None:
        reply = self.server.answer(self._request())
        now = self.server.pace.now()
        reply.send(self.connection, rendered(reply, self.server.presentation, self.command, now))

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


def rendered(reply: Reply, presentation: Presentation, method: str = "GET", now: float = 0) -> bytes:
    """Return the bytes of a reply to a request with that method. now: seconds since 1970."""
    content = reply.body if isinstance(reply.body, bytes) else json.dumps(presentation.adorned(reply.body)).encode()
    # A 204 has neither a body nor a length.
    bodiless = reply.status == HTTPStatus.NO_CONTENT
    chunked = presentation.chunked and reply.content_type.startswith("application/json") and not bodiless
    headers = _framing(reply, presentation.charset if chunked else "", len(content), chunked=chunked)
    # 419 is not a standard status; Laravel gives it this phrase.
    phrase = HTTPStatus(reply.status).phrase if reply.status in set(HTTPStatus) else "Page Expired"
    lines = [f"HTTP/1.1 {reply.status} {phrase}"]
    date = {"Date": formatdate(now, usegmt=True)}
    for name, value in {**({} if bodiless else headers), **date, **presentation.headers, **reply.headers}.items():
        lines.append(f"{presentation.header_name(name)}: {value}")
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    if method == "HEAD" or bodiless:
        return head
    return head + (_chunks(content) if chunked else content)


def _framing(reply: Reply, charset: str, length: int, *, chunked: bool) -> dict[str, str]:
    headers = {"Content-Type": reply.content_type + charset} if reply.content_type else {}
    return headers | ({"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(length)})


def _chunks(content: bytes) -> bytes:
    pieces = [content[start : start + _CHUNK_BYTES] for start in range(0, len(content), _CHUNK_BYTES)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"

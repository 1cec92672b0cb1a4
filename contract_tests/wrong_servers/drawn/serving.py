"""A drawn server on the wire: requests read by the standard library, replies put into bytes in the drawn way."""

import gzip
import json
import random
import re
import sys
import traceback
import zlib
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import Any

from contract_tests.wrong_servers.drawn.drawing import Draw
from contract_tests.wrong_servers.drawn.replies import Reply
from contract_tests.wrong_servers.drawn.service import Request, Service
from contract_tests.wrong_servers.listening import LoopbackServer

_BODILESS = frozenset({204, 304})
_PIECE_BYTES = 64
_MAX_PIECES = 20
_BROTLI_BLOCK_BYTES = 2**16
_PHRASE = "As Documented"
_CHARSETS = {"none": "", "utf-8": "; charset=utf-8", "UTF-8 in quotes": ';charset="UTF-8"'}
_EXTRA = {
    "none": {},
    "of a framework": {"Server": "nginx", "X-Powered-By": "PHP/8.3", "X-Request-Id": "7d1f", "Vary": "Accept, Origin"},
    "deprecation": {"Deprecation": "@1780000000", "Sunset": "Wed, 01 Jul 2026 00:00:00 GMT", "Link": "</v2>; rel=x"},
    "cookies": {"Set-Cookie": "session=eyJpdiI6IkFBQSJ9; path=/; httponly", "Cache-Control": "no-cache, private"},
}


class Server(LoopbackServer):
    """Renders each reply in the drawn way."""

    def __init__(self, service: Service, port: int = 0) -> None:
        super().__init__(port, _Handler)
        self.service = service
        self.rendering = Rendering(service)
        self.faults: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Record what is not a client that disconnects: the suite would only miss a reply."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.faults.append("".join(traceback.format_exception(error)))


class _Handler(BaseHTTPRequestHandler):
    server: Server
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.protocol_version = "HTTP/1.0" if self._drawn["framing"] == "HTTP/1.0" else "HTTP/1.1"

    @property
    def _drawn(self) -> Draw:
        return self.server.service.drawn

    def handle_one_request(self) -> None:
        with suppress(TimeoutError):
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self._serve()

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path.partition("?")[0], headers, self._content(headers))
        reply = self.server.service.answer(request)
        framing = self._drawn["framing"]
        if framing in {"HTTP/1.0", "closed unannounced", "close"}:
            self.close_connection = True
        if self._drawn["latency"]:
            self.server.service.pace.sleep(random.uniform(0, self._drawn["latency"] / 1000))
        head, pieces = self.server.rendering.of(request, reply)
        self.connection.sendall(head + (pieces[0] if pieces else b""))
        for piece in pieces[1:]:
            self.connection.sendall(piece)

    def _content(self, headers: dict[str, str]) -> bytes:
        if "chunked" not in headers.get("transfer-encoding", ""):
            return self.rfile.read(int(headers.get("content-length", 0)))
        content = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's signature
        """Log nothing."""


class Rendering:
    """Turns replies into bytes: the head, and the body in pieces."""

    def __init__(self, service: Service) -> None:
        self._service, self._drawn = service, service.drawn

    def of(self, request: Request, reply: Reply) -> tuple[bytes, list[bytes]]:
        content, encoding = self._encoded(self._content(reply), request)
        bodiless = reply.status in _BODILESS
        pieces = [] if bodiless else self._pieces(content)
        headers = {} if bodiless else self._framing(len(content))
        headers |= {"Content-Encoding": encoding} if encoding and not bodiless else {}
        headers |= {"Content-Type": self._media_type(reply)} if reply.media_type and not bodiless else {}
        headers |= self._others(request) | reply.headers
        version = "1.0" if self._drawn["framing"] == "HTTP/1.0" else "1.1"
        lines = [f"HTTP/{version} {reply.status} {_PHRASE}"]
        lines += [f"{self._cased(name)}: {value}" for name, value in headers.items()]
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        return head, [] if request.method == "HEAD" else pieces

    def _content(self, reply: Reply) -> bytes:
        if isinstance(reply.body, bytes):
            return reply.body
        match self._drawn["JSON text"]:
            case "indented":
                text = json.dumps(reply.body, indent=4)
            case "white space around":
                text = f"\r\n\t {json.dumps(reply.body)}\n\n"
            case "slashes and other letters escaped":
                text = json.dumps(reply.body).replace("/", "\\/")
            case "UTF-8":
                text = json.dumps(reply.body, ensure_ascii=False)
            case _:
                text = json.dumps(reply.body, separators=(",", ":"))
        # A request may contain half a surrogate pair, which only an escape can return.
        return text.encode() if _encodes(text) else json.dumps(reply.body).encode()

    def _encoded(self, content: bytes, request: Request) -> tuple[bytes, str]:
        accepted, wanted = request.headers.get("accept-encoding", ""), self._drawn["encoding"]
        if wanted == "gzip" and "gzip" in accepted:
            return gzip.compress(content, 1), "gzip"
        if wanted == "br" and "br" in re.split(r"[\s,;]+", accepted):
            return brotli_stored(content), "br"
        if wanted == "deflate" and "deflate" in accepted:
            return zlib.compress(content, 1), "deflate"
        return content, ""

    def _framing(self, length: int) -> dict[str, str]:
        match self._drawn["framing"]:
            case "chunked" | "chunked in pieces":
                return {"Transfer-Encoding": "chunked"}
            case "HTTP/1.0":
                return {}  # the end of the connection ends the body
            case "close":
                return {"Content-Length": str(length), "Connection": "close"}
        return {"Content-Length": str(length)}

    def _pieces(self, content: bytes) -> list[bytes]:
        framing = self._drawn["framing"]
        if framing not in {"chunked", "chunked in pieces"}:
            return [content]
        size = max(_PIECE_BYTES, len(content) // _MAX_PIECES) if framing == "chunked in pieces" else len(content) or 1
        parts = [content[start : start + size] for start in range(0, len(content), size)]
        return [*(b"%x\r\n%s\r\n" % (len(part), part) for part in parts), b"0\r\n\r\n"]

    def _media_type(self, reply: Reply) -> str:
        return reply.media_type + (_CHARSETS[self._drawn["charset"]] if reply.media_type.endswith("json") else "")

    def _others(self, request: Request) -> dict[str, str]:
        headers = dict(_EXTRA[self._drawn["extra headers"]])
        if self._drawn["date"] == "sent":
            headers["Date"] = formatdate(self._service.pace.now(), usegmt=True)
        if self._drawn["CORS"] == "any origin":
            headers["Access-Control-Allow-Origin"] = "*"
        return headers | self._service.throttle.headers(request.token)

    def _cased(self, name: str) -> str:
        match self._drawn["header case"]:
            case "lower":
                return name.lower()
            case "upper":
                return name.upper()
        return name


def brotli_stored(content: bytes) -> bytes:
    """Return the content as Brotli without compression [RFC 7932, section 9], which the standard library lacks."""
    stream, bits = b"", 1  # the header, WBITS 16, is one bit of value 0
    for start in range(0, len(content), _BROTLI_BLOCK_BYTES):
        block = content[start : start + _BROTLI_BLOCK_BYTES]
        # Not the last (1 bit), a length in 4 nibbles (2 bits), that length less 1 (16 bits), uncompressed (1 bit).
        head = ((len(block) - 1) << 3 | 1 << 19) << bits
        stream, bits = stream + head.to_bytes(3, "little") + block, 0
    return stream + (3 << bits).to_bytes(1, "little")  # the last, and empty


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

"""HTTP on the wire: how much of it a client may send and how slowly, and what is no HTTP at all."""

import asyncio
import logging

import msgspec
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from mock_server.domain.behaviour import Behaviour

from .connections import EXTENSION, SocketConnection
from .flow import Flow, Patience
from .gathering import Gathering
from .replies import Reply, error

_PIECE = 4096
_LINGER_SECONDS = 1
_HEADERS = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
_OFFERS = frozenset({b"upgrade", b"connection", b"http2-settings"})
_log = logging.getLogger("aiimage_mock.access")


def limited(behaviour: Behaviour) -> type["JsonProtocol"]:
    """Return the protocol with the limits of a behaviour."""

    class LimitedProtocol(JsonProtocol):
        limits = behaviour

    return LimitedProtocol


class JsonProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with limits, and in JSON what it says in plain text.

    A connection holds one request and at most one read of what follows it: further requests are parsed when it is
    answered. The parser bounds nothing, so what it holds is bounded here: `max_header_bytes`, `max_headers`. What is
    read must be whole within `client_seconds`, counted while the mock reads; what is sent must be taken on within them.
    """

    limits: Behaviour

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transport = gathering = Gathering(transport)
        self._sending = Patience(self.loop, self.limits.client_seconds, self._too_slow)
        self._taking = Patience(self.loop, self.limits.client_seconds, self._not_taken)
        self.flow: Flow = Flow(transport, self._sending)
        self._extensions = {EXTENSION: SocketConnection(gathering)}
        self._untaken = 0
        self._unbroken = 0  # bytes since the last that the parser has handed on
        self._longest = 0  # how long a head can be, by the pieces that it came in
        self._in_body = False
        self._refused: Reply | None = None
        self._sending.start()
        if len(self.connections) > self.limits.max_connections:
            self._refuse(error("crowded", limit=self.limits.max_connections))

    def connection_lost(self, exc: Exception | None) -> None:
        self._sending.close()
        self._taking.close()
        self.flow.waiting.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused is not None:
            return
        self._sending.start()
        if self.flow.waiting or self.pipeline or len(data) > _PIECE:
            self.flow.waiting += data
            self._parse_on()
        else:
            self._parse(data)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.flow.waiting:
            self._parse_on()

    def _parse_on(self) -> None:
        """Parse what was read, up to a request that has to wait for the one before it."""
        waiting = self.flow.waiting
        while waiting and not self.pipeline and self._refused is None:
            piece = bytes(waiting[:_PIECE])
            del waiting[:_PIECE]
            self._parse(piece)

    def _parse(self, piece: bytes) -> None:
        self._longest = self._unbroken = self._unbroken + len(piece)
        self._feed(piece)
        if self._unbroken and self._refused is None and (problem := self._too_long(self._unbroken)):
            self._refuse(problem)

    def _feed(self, piece: bytes) -> None:
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(piece)
        except HttpParserUpgrade as offered:
            if self.parser.get_method() == b"CONNECT":  # it offers nothing: it asks for a tunnel
                self.send_400_response("")
            else:
                self._feed(self._without_upgrade() + piece[offered.args[0] :])
        except HttpParserError:
            self.send_400_response("")

    def _without_upgrade(self) -> bytes:
        """Return the head again without the offer of another protocol, for a new parser: the old one takes all that
        follows for that protocol. Java's client offers HTTP/2 with every request.
        """
        lines = [b"%s %s HTTP/1.1" % (self.parser.get_method(), self.url)]
        lines += [b"%s: %s" % header for header in self.headers if header[0] not in _OFFERS]
        self.parser = HttpRequestParser(self)
        return b"\r\n".join([*lines, b"", b""])

    def _too_long(self, size: int) -> Reply | None:
        if size > self.limits.max_header_bytes:
            return error("long-head", limit=self.limits.max_header_bytes)
        if self.headers and len(self.headers) > self.limits.max_headers:
            return error("many-headers", limit=self.limits.max_headers)
        return None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = self._extensions  # type: ignore[typeddict-item]
        self._sending.start()
        if self.flow.read_paused:
            self._sending.pause()

    def on_headers_complete(self) -> None:
        if self._longest > self.limits.max_header_bytes or len(self.headers) > self.limits.max_headers:
            self._check_head()
        if self.parser.should_upgrade():
            return  # it comes again without
        super().on_headers_complete()
        self._unbroken = 0
        self._in_body = True

    def _check_head(self) -> None:
        """Refuse a head that is too long: the pieces that it came in may hold some of what follows too."""
        line = len(b"  HTTP/1.1\r\n\r\n") + len(self.parser.get_method()) + len(self.url)
        head = line + sum(len(name) + len(value) + len(b": \r\n") for name, value in self.headers)
        if problem := self._too_long(head):
            self._refuse(problem)
            raise ValueError("refused")  # it stops the parser

    def on_body(self, body: bytes) -> None:
        self._unbroken = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        super().on_message_complete()
        self._unbroken = 0
        self._in_body = False
        self._sending.end()

    def send_400_response(self, msg: str) -> None:
        del msg
        if self._refused is None:
            self._refuse(error("no-http"))

    def _too_slow(self) -> None:
        if self._unbroken or self._in_body:
            self._refuse(error("too-slow", seconds=self.limits.client_seconds))
        else:
            self.transport.close()  # it never began

    def _refuse(self, reply: Reply) -> None:
        """Answer what the application never gets to see whole, and hang up.

        Who sends several requests at once would take this for the reply to an earlier one that is being worked on:
        then that one's is the last.
        """
        self._refused = reply
        self._sending.end()
        self.flow.waiting.clear()
        unanswered = self.cycle is not None and not self.cycle.response_complete
        if self.pipeline or (self._in_body and self.cycle.response_started):
            self.transport.close()
        elif unanswered and not self._in_body:
            self.cycle.keep_alive = False
        else:
            self._answer(reply)

    def _answer(self, reply: Reply) -> None:
        """Send a reply and hang up, a little later: who still sends would find the connection reset, and no reply."""
        _log.info("-  %d %s", reply.status, reply.body["message"])
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        body = msgspec.json.encode(reply.body)
        self.transport.write(STATUS_LINE[reply.status] + _HEADERS % len(body) + body)
        self.transport.write_eof()
        self.flow.resume_reading()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)

    def hang_up(self) -> None:
        """Close the connection where a reply has begun that may never end, such as a stream."""
        if self.cycle is not None and self.cycle.response_started:
            self.transport.abort()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._untaken = self.transport.get_write_buffer_size()
        self._taking.start()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._taking.end()

    def _not_taken(self) -> None:
        """Hang up on a client that has taken nothing of its reply all the while."""
        self._taking.end()
        before, self._untaken = self._untaken, self.transport.get_write_buffer_size()
        if self._untaken < before:
            self._taking.start()
        else:
            self.transport.abort()

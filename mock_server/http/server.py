"""HTTP/1.1 on the wire: limits on what a client sends and how slowly it sends and reads, and errors in JSON."""

import asyncio
import logging
from typing import Any, NoReturn

import msgspec
from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from mock_server.domain.behaviour import Behaviour

from .connections import EXTENSION, CorkedTransport
from .deadlines import ClientDeadline, Flow
from .foreign import foreign_protocol
from .heads import complete_target, head_error, make_parser, reason, with_ascii_target
from .replies import Reply, error

# The parser has no limits: fed in pieces, it can be stopped before it has parsed all that was read.
_PIECE_BYTES = 4096
_LINGER_SECONDS = 1
_ERROR_HEADERS = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
_UPGRADE_HEADERS = frozenset({b"upgrade", b"connection", b"http2-settings"})
_log = logging.getLogger("aiimage_mock.access")


def limited_protocol(behaviour: Behaviour) -> type["JsonProtocol"]:
    """Return the protocol with the limits of a behaviour."""

    class LimitedProtocol(JsonProtocol):
        limits = behaviour

    return LimitedProtocol


class JsonProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with limits, and with errors in JSON instead of plain text.

    A connection holds one request and at most one read of what follows it: further requests are parsed once it is
    answered. A head has at most `max_header_bytes` and `max_headers`. A request must be complete within
    `client_seconds`, counted while the mock reads; a reply must be read within `client_seconds` too. Between
    requests a connection is kept for `keep_alive_seconds`.
    """

    limits: Behaviour

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.parser = make_parser(self)
        self.transport = corked = CorkedTransport(transport, self._drains)
        self._request_deadline = ClientDeadline(self.loop, self.limits.client_seconds, self._on_slow_request)
        self._reply_deadline = ClientDeadline(self.loop, self.limits.client_seconds, self._on_slow_reader)
        self.flow: Flow = Flow(transport, self._request_deadline)
        self._extensions = {EXTENSION: corked}
        self._unread_bytes = 0
        self._unfinished_bytes = 0  # parsed since the last complete head or piece of a body
        self._most_head_bytes = 0  # an upper bound, from the pieces of the head
        self._head_headers = 0
        self._fine_head: tuple[str, list[tuple[bytes, bytes]]] | None = None
        self._in_body = False
        self._expecting: RequestResponseCycle | None = None
        self._draining = False
        self._refused = False
        self.timeout_keep_alive: float = self.limits.keep_alive_seconds  # type: ignore[assignment]
        self._request_deadline.start()
        if len(self.connections) > self.limits.max_connections:
            self._refuse(error("crowded", limit=self.limits.max_connections))

    def connection_lost(self, exc: Exception | None) -> None:
        self._request_deadline.close()
        self._reply_deadline.close()
        self.flow.unparsed.clear()
        self._in_body = False
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._request_deadline.start()
        if self.flow.unparsed or self.pipeline or len(data) > _PIECE_BYTES:
            self.flow.unparsed += data
            self._parse_unparsed()
        else:
            self._parse(data)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.flow.unparsed:
            self._parse_unparsed()

    def _parse_unparsed(self) -> None:
        """Parse what was read, up to a request that waits for an earlier one to be answered."""
        unparsed = self.flow.unparsed
        while unparsed and not self.pipeline and not self._refused:
            piece = bytes(unparsed[:_PIECE_BYTES])
            del unparsed[:_PIECE_BYTES]
            self._parse(piece)

    def _parse(self, piece: bytes) -> None:
        begins = not self._unfinished_bytes and not self._in_body
        self._most_head_bytes = self._unfinished_bytes = self._unfinished_bytes + len(piece)
        self._feed(piece if not begins or piece.isascii() or foreign_protocol(piece) else with_ascii_target(piece))
        if self._unfinished_bytes and not self._refused and (reply := self._limit_error(self._unfinished_bytes)):
            self._refuse(reply)

    def _feed(self, piece: bytes) -> None:
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(piece)
        except HttpParserUpgrade as upgrade:
            if self.parser.get_method() == b"CONNECT":  # a tunnel, not an upgrade of this connection
                self._refuse(error("no-tunnel"))
            else:
                self._feed(self._without_upgrade() + piece[upgrade.args[0] :])
        except HttpParserError as refused:
            code = None if self.cycle else foreign_protocol(piece)
            self._refuse(error(code) if code else error("no-http", reason=reason(refused)))

    def _without_upgrade(self) -> bytes:
        """Return the head without its upgrade headers, for a new parser."""
        # Java's client offers HTTP/2 in every request.
        lines = [b"%s %s HTTP/1.1" % (self.parser.get_method(), self.url)]
        lines += [b"%s: %s" % header for header in self.headers if header[0] not in _UPGRADE_HEADERS]
        self.parser = make_parser(self)  # the old one takes all that follows for the other protocol
        return b"\r\n".join([*lines, b"", b""])

    def _limit_error(self, head_bytes: int) -> Reply | None:
        if head_bytes > self.limits.max_header_bytes:
            return error("long-head", limit=self.limits.max_header_bytes)
        if self.headers and self._head_headers + len(self.headers) > self.limits.max_headers:
            return error("many-headers", limit=self.limits.max_headers)
        return None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = self._extensions  # type: ignore[typeddict-item]
        self._head_headers = 0
        self._request_deadline.start()
        if self.flow.read_paused:
            self._request_deadline.pause()

    def on_headers_complete(self) -> None:
        if self._most_head_bytes > self.limits.max_header_bytes or len(self.headers) > self.limits.max_headers:
            self._check_head()
        if self.parser.should_upgrade():
            return  # the head is parsed again, without the upgrade
        head = self.parser.get_http_version(), self.headers
        if head != self._fine_head:  # a client sends the same head again and again
            if reply := head_error(self.headers, head[0]):
                self._refuse_head(reply)
            self._fine_head = head
        self.url = complete_target(self.url)
        super().on_headers_complete()
        # RFC 9110, 6.5.1: what follows are trailers, which the application must not take for headers.
        self._head_headers, self.headers = len(self.headers), []
        self._unfinished_bytes = 0
        self._in_body = True
        if self.expect_100_continue:
            self._expect(self.cycle)

    def _expect(self, cycle: RequestResponseCycle) -> None:
        """Close the connection after the reply, unless the body is asked for: the client may leave it out then.

        RFC 9110, 10.1.1.
        """
        if self.parser.get_http_version() == "1.0":
            cycle.waiting_for_100_continue = False  # such a client does not know the answer
        elif cycle.keep_alive:
            self._expecting, cycle.keep_alive = cycle, False
            receive = cycle.receive

            async def receive_expected() -> Any:
                self._end_expectation()
                return await receive()

            cycle.receive = receive_expected  # type: ignore[method-assign]

    def _end_expectation(self) -> None:
        """Keep the connection: the client sends the body now, or has sent it."""
        if self._expecting is not None and not self._expecting.response_started:
            self._expecting.keep_alive = True
        self._expecting = None

    def shutdown(self) -> None:
        self._expecting = None
        super().shutdown()

    def _check_head(self) -> None:
        """Refuse a head that is too long; its exact size counts, since its pieces may hold part of what follows."""
        line = len(b"  HTTP/1.1\r\n\r\n") + len(self.parser.get_method()) + len(self.url)
        head = line + sum(len(name) + len(value) + len(b": \r\n") for name, value in self.headers)
        if reply := self._limit_error(head):
            self._refuse_head(reply)

    def _refuse_head(self, reply: Reply) -> NoReturn:
        self._refuse(reply)
        raise ValueError("refused")  # stops the parser

    def on_body(self, body: bytes) -> None:
        self._unfinished_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        super().on_message_complete()
        self._unfinished_bytes = 0
        self._in_body = False
        self._request_deadline.stop()
        self._end_expectation()
        if self._draining:
            self._refused = True
            self.transport.close()
            raise ValueError("closed")  # stops the parser

    def _drains(self) -> bool:
        """Return whether the rest of a request is read before the connection is closed.

        To close it at once would reset it, and a client that sends before it reads would lose its reply.
        """
        if self._draining or self._refused or not self._in_body:
            return False
        self._draining = True
        self.transport.write_eof()
        return True

    def _on_slow_request(self) -> None:
        if self._unfinished_bytes or self._in_body:
            self._refuse(error("too-slow", seconds=self.limits.client_seconds))
        else:
            self.transport.close()  # no request has begun

    def _refuse(self, reply: Reply) -> None:
        """Reply to a request that the application never gets completely, and close the connection."""
        if self._refused:
            return
        self._refused = True
        self._request_deadline.stop()
        self.flow.unparsed.clear()
        unanswered = self.cycle is not None and not self.cycle.response_complete
        if self.pipeline or (self._in_body and self.cycle.response_started):
            self.transport.close()
        elif unanswered and not self._in_body:
            # A client that pipelines would take the refusal for the reply to its earlier request.
            self.cycle.keep_alive = False
        else:
            self._send_and_close(reply)

    def _send_and_close(self, reply: Reply) -> None:
        _log.info("-  %d %s", reply.status, reply.body["message"])
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        body = msgspec.json.encode(reply.body)
        self.transport.write(STATUS_LINE[reply.status] + _ERROR_HEADERS % len(body) + body)
        self.transport.write_eof()
        # Closing at once would reset the connection of a client that still sends, before it reads the reply.
        self.flow.resume_reading()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)

    def hang_up(self) -> None:
        """Abort a connection whose reply has begun: it may never end, such as a stream of events."""
        if self.cycle is not None and self.cycle.response_started:
            self.transport.abort()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread_bytes = self.transport.get_write_buffer_size()
        self._reply_deadline.start()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._reply_deadline.stop()

    def _on_slow_reader(self) -> None:
        """Abort the connection of a client that has read nothing of its reply since the deadline started."""
        self._reply_deadline.stop()
        before, self._unread_bytes = self._unread_bytes, self.transport.get_write_buffer_size()
        if self._unread_bytes < before:
            self._reply_deadline.start()
        else:
            self.transport.abort()

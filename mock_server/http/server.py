"""HTTP/1.1 on the wire: limits on what a client sends and how slowly it sends and reads, and errors in JSON."""

import asyncio
import logging
from collections.abc import Callable

import msgspec
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from mock_server.domain.behaviour import Behaviour

from .connections import EXTENSION, CorkedTransport
from .replies import Reply, error

# The parser has no limits: fed in pieces, it can be stopped before it has parsed all that was read.
_PIECE_BYTES = 4096
_LINGER_SECONDS = 1
_ERROR_HEADERS = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
_UPGRADE_HEADERS = frozenset({b"upgrade", b"connection", b"http2-settings"})
_log = logging.getLogger("aiimage_mock.access")


class ClientDeadline:
    """The seconds that a client may take; `on_expiry` is called when they are used up."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, on_expiry: Callable[[], None]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._on_expiry = on_expiry
        self._timer: asyncio.TimerHandle | None = None
        self._until: float | None = None
        self._left: float | None = None

    def start(self) -> None:
        """Start to count, unless it counts already or is paused."""
        if self._until is None and self._left is None:
            self._count(self._seconds)

    def pause(self) -> None:
        """Stop counting while the mock, not the client, takes the time."""
        if self._until is not None:
            self._left = max(0.0, self._until - self._loop.time())
            self._until = None

    def resume(self) -> None:
        """Continue with the seconds that were left, if it was paused."""
        if self._left is not None:
            self._count(self._left)
            self._left = None

    def stop(self) -> None:
        """Stop counting: the client has done its part."""
        self._until = self._left = None

    def close(self) -> None:
        """Stop counting and cancel the timer."""
        self.stop()
        if self._timer is not None:
            self._timer.cancel()

    def _count(self, seconds: float) -> None:
        self._until = self._loop.time() + seconds
        if self._timer is not None and self._timer.when() > self._until:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = self._loop.call_later(seconds, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        if self._until is None:
            return
        left = self._until - self._loop.time()
        if left > 0:  # it was started again meanwhile: a timer for each request would cost too much
            self._timer = self._loop.call_later(left, self._on_timer)
            return
        self._until = None
        self._on_expiry()


class Flow(FlowControl):
    """uvicorn's flow control, with the bytes that were read and not parsed yet.

    While there are such bytes, no more is read; while nothing is read, the client's deadline is paused.
    """

    def __init__(self, transport: asyncio.Transport, deadline: ClientDeadline) -> None:
        super().__init__(transport)
        self.unparsed = bytearray()
        self._deadline = deadline

    def pause_reading(self) -> None:
        super().pause_reading()
        self._deadline.pause()

    def resume_reading(self) -> None:
        if not self.unparsed:
            super().resume_reading()
            self._deadline.resume()


def limited_protocol(behaviour: Behaviour) -> type["JsonProtocol"]:
    """Return the protocol with the limits of a behaviour."""

    class LimitedProtocol(JsonProtocol):
        limits = behaviour

    return LimitedProtocol


class JsonProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with limits, and with errors in JSON instead of plain text.

    A connection holds one request and at most one read of what follows it: further requests are parsed once it is
    answered. A head has at most `max_header_bytes` and `max_headers`. A request must be complete within
    `client_seconds`, counted while the mock reads; a reply must be read within `client_seconds` too.
    """

    limits: Behaviour

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transport = corked = CorkedTransport(transport)
        self._request_deadline = ClientDeadline(self.loop, self.limits.client_seconds, self._on_slow_request)
        self._reply_deadline = ClientDeadline(self.loop, self.limits.client_seconds, self._on_slow_reader)
        self.flow: Flow = Flow(transport, self._request_deadline)
        self._extensions = {EXTENSION: corked}
        self._unread_bytes = 0
        self._unfinished_bytes = 0  # parsed since the last complete head or piece of a body
        self._most_head_bytes = 0  # an upper bound, from the pieces of the head
        self._in_body = False
        self._refused = False
        self._request_deadline.start()
        if len(self.connections) > self.limits.max_connections:
            self._refuse(error("crowded", limit=self.limits.max_connections))

    def connection_lost(self, exc: Exception | None) -> None:
        self._request_deadline.close()
        self._reply_deadline.close()
        self.flow.unparsed.clear()
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
        self._most_head_bytes = self._unfinished_bytes = self._unfinished_bytes + len(piece)
        self._feed(piece)
        if self._unfinished_bytes and not self._refused and (reply := self._limit_error(self._unfinished_bytes)):
            self._refuse(reply)

    def _feed(self, piece: bytes) -> None:
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(piece)
        except HttpParserUpgrade as upgrade:
            if self.parser.get_method() == b"CONNECT":  # a tunnel, not an upgrade of this connection
                self.send_400_response("")
            else:
                self._feed(self._without_upgrade() + piece[upgrade.args[0] :])
        except HttpParserError:
            self.send_400_response("")

    def _without_upgrade(self) -> bytes:
        """Return the head without its upgrade headers, for a new parser."""
        # Java's client offers HTTP/2 in every request.
        lines = [b"%s %s HTTP/1.1" % (self.parser.get_method(), self.url)]
        lines += [b"%s: %s" % header for header in self.headers if header[0] not in _UPGRADE_HEADERS]
        self.parser = HttpRequestParser(self)  # the old one takes all that follows for the other protocol
        return b"\r\n".join([*lines, b"", b""])

    def _limit_error(self, head_bytes: int) -> Reply | None:
        if head_bytes > self.limits.max_header_bytes:
            return error("long-head", limit=self.limits.max_header_bytes)
        if self.headers and len(self.headers) > self.limits.max_headers:
            return error("many-headers", limit=self.limits.max_headers)
        return None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = self._extensions  # type: ignore[typeddict-item]
        self._request_deadline.start()
        if self.flow.read_paused:
            self._request_deadline.pause()

    def on_headers_complete(self) -> None:
        if self._most_head_bytes > self.limits.max_header_bytes or len(self.headers) > self.limits.max_headers:
            self._check_head()
        if self.parser.should_upgrade():
            return  # the head is parsed again, without the upgrade
        super().on_headers_complete()
        self._unfinished_bytes = 0
        self._in_body = True

    def _check_head(self) -> None:
        """Refuse a head that is too long; its exact size counts, since its pieces may hold part of what follows."""
        line = len(b"  HTTP/1.1\r\n\r\n") + len(self.parser.get_method()) + len(self.url)
        head = line + sum(len(name) + len(value) + len(b": \r\n") for name, value in self.headers)
        if reply := self._limit_error(head):
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

    def send_400_response(self, msg: str) -> None:
        del msg
        if not self._refused:
            self._refuse(error("no-http"))

    def _on_slow_request(self) -> None:
        if self._unfinished_bytes or self._in_body:
            self._refuse(error("too-slow", seconds=self.limits.client_seconds))
        else:
            self.transport.close()  # no request has begun

    def _refuse(self, reply: Reply) -> None:
        """Reply to a request that the application never gets completely, and close the connection."""
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

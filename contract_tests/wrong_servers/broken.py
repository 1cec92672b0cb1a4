"""Servers that do nothing or break down; none of them may pass."""

import itertools
import os
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import replace

from contract_tests.wrong_servers.catalogue import Entry, add, null
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Order
from contract_tests.wrong_servers.wire import Reply, Request, SendStrategy, send_all

_LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)
_FOREVER_SECONDS = 3600
_HALF_WAY = 60


@null("Every request gets a 200 with an empty body.")
class Empty(Service):
    def answer(self, request: Request) -> Reply:
        return Reply(200, b"", content_type="")


@null("Every request gets a 200 with its own body.")
class Echo(Service):
    def answer(self, request: Request) -> Reply:
        return Reply(200, request.body, content_type=request.headers.get("content-type", "application/json"))


@null("Every request gets a 200 with an empty object.")
class AlwaysFine(Service):
    def answer(self, request: Request) -> Reply:
        return Reply(200, {})


@null("Every reply has the documented shape without content: no versions, no images.")
class WellShapedButEmpty(Service):
    def versions(self, account: Account) -> Reply:
        return Reply(200, {})

    def recent(self, account: Account) -> Reply:
        return Reply(200, [])

    def generate(self, account: Account, request: Request) -> Reply:
        return Reply(200, self.made([]))


@null("A valid token is accepted, and every generation is refused for lack of credits.")
class RefusesEverything(Service):
    def refusals(self, account: Account, order: Order) -> Iterator[Reply]:
        yield self.too_poor()


class _Broken(Service):
    """Sends replies in a broken way, after some intact ones."""

    strategy: SendStrategy = staticmethod(send_all)
    intact = 0

    def __init__(self, *parts: object) -> None:
        super().__init__(*parts)  # type: ignore[arg-type]
        self._served = itertools.count()

    def answer(self, request: Request) -> Reply:
        intact = next(self._served) < self.intact
        reply = super().answer(request)
        return reply if intact else replace(reply, send=self.strategy)


def _reset(connection: socket.socket, message: bytes) -> None:
    """Reset the connection (RST)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT_AT_ALL)
    # The files of the handler would keep the socket open; the descriptor closes at once.
    os.close(connection.detach())


def _exit(connection: socket.socket, message: bytes) -> None:
    os._exit(1)


def _hang(connection: socket.socket, message: bytes) -> None:
    """Send nothing and keep the connection open."""
    time.sleep(_FOREVER_SECONDS)


def _send_head(connection: socket.socket, message: bytes) -> None:
    """Send the headers without the body, and keep the connection open."""
    connection.sendall(message.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    time.sleep(_FOREVER_SECONDS)


def _dribble(connection: socket.socket, message: bytes) -> None:
    for byte in message:
        connection.sendall(bytes([byte]))
        time.sleep(0.5)


def _send_garbage(connection: socket.socket, message: bytes) -> None:
    connection.sendall(bytes(255 - byte for byte in message))
    connection.shutdown(socket.SHUT_RDWR)


def _cut(connection: socket.socket, message: bytes) -> None:
    """Omit the last third."""
    connection.sendall(message[: len(message) * 2 // 3])
    connection.shutdown(socket.SHUT_RDWR)


def _overstate_length(connection: socket.socket, message: bytes) -> None:
    """Send a Content-Length that is 7 bytes too large."""
    head, _, body = message.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-length", b"transfer-"))]
    lines.append(b"Content-Length: %d" % (len(body) + 7))
    connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
    connection.shutdown(socket.SHUT_RDWR)


_BROKEN: tuple[tuple[str, SendStrategy, int, str], ...] = (
    ("dies-half-way", _exit, _HALF_WAY, "The process ends after 60 requests."),
    ("never-answers", _hang, 0, "Connections are accepted and never answered."),
    ("stops-answering", _hang, _HALF_WAY, "After 60 requests there is no reply."),
    ("headers-only", _send_head, 0, "Replies have headers, and their bodies never come."),
    ("dribbles", _dribble, 0, "Replies come byte by byte, two in a second."),
    ("always-resets", _reset, 0, "Every connection is reset."),
    ("resets-half-way", _reset, _HALF_WAY, "After 60 requests every connection is reset."),
    ("garbage", _send_garbage, 0, "Replies are not HTTP."),
    ("cuts-replies", _cut, 0, "The last third of every reply is missing."),
    ("promises-too-much", _overstate_length, 0, "The Content-Length of every reply is too large."),
)
# Black-box only, since an account cannot be opened through a broken connection.
for _name, _strategy, _intact, _sentence in _BROKEN:
    _server = type(_name, (_Broken,), {"strategy": staticmethod(_strategy), "intact": _intact})
    add(Entry(_name, "broken", (), _sentence, _server, ("black-box",)))

"""Manners in which a reply goes wrong on its way."""

import os
import socket
import struct
import time

from contract_tests.wrong_servers.message import Manner

_NOW_AND_HARD = struct.pack("ii", 1, 0)
_FOR_EVER = 3600


def then_closed(manner: Manner) -> Manner:
    """The connection is closed afterwards."""

    def send(connection: socket.socket, message: bytes) -> None:
        manner(connection, message)
        connection.shutdown(socket.SHUT_RDWR)

    return send


def reset(connection: socket.socket, message: bytes) -> None:
    """The connection is reset (RST) instead of a reply."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOW_AND_HARD)
    os.close(connection.detach())


def death(connection: socket.socket, message: bytes) -> None:
    """The process ends."""
    os._exit(1)


def silence(connection: socket.socket, message: bytes) -> None:
    """No reply, and the connection stays open."""
    time.sleep(_FOR_EVER)


def head_only(connection: socket.socket, message: bytes) -> None:
    """The headers arrive, the body never does."""
    connection.sendall(message.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    time.sleep(_FOR_EVER)


def dribble(connection: socket.socket, message: bytes) -> None:
    """A byte every half second."""
    for byte in message:
        connection.sendall(bytes([byte]))
        time.sleep(0.5)


def garbage(connection: socket.socket, message: bytes) -> None:
    """Bytes that are no HTTP."""
    connection.sendall(bytes(255 - byte for byte in message))
    connection.shutdown(socket.SHUT_RDWR)


def cut(connection: socket.socket, message: bytes) -> None:
    """The last third is missing."""
    connection.sendall(message[: len(message) * 2 // 3])
    connection.shutdown(socket.SHUT_RDWR)


def shortened(connection: socket.socket, message: bytes) -> None:
    """Content-Length promises 7 bytes more than there are."""
    head, _, body = message.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-length", b"transfer-"))]
    lines.append(b"Content-Length: %d" % (len(body) + 7))
    connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
    connection.shutdown(socket.SHUT_RDWR)

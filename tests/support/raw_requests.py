"""Requests as bytes, and the refusal of one."""

import json

from support.network import Connection

GET = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"

POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"

CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

MIB = 2**20


def refusal(connection: Connection) -> tuple[int, str]:
    """Return the status and message of the only reply, which must be JSON and close the connection."""
    head, body = connection.received.split(b"\r\n\r\n")
    assert b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close" % len(body) in head
    return int(head.split()[1]), json.loads(body)["message"]


def head_of(size: int, name: bytes = b"a") -> bytes:
    """Return a request of exactly `size` bytes."""
    start = b"GET / HTTP/1.1\r\nHost: x\r\n" + name + b": "
    return start + b"x" * (size - len(start) - 4) + b"\r\n\r\n"

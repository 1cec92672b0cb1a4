"""A request as it came in and a reply as it goes out, apart from how either travels."""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Manner = Callable[[socket.socket, bytes], None]


def at_once(connection: socket.socket, message: bytes) -> None:
    """The manner in which a reply is sent unless a server has another one."""
    connection.sendall(message)


@dataclass(frozen=True)
class Request:
    """Names of headers are in lower case; `path` has no query."""

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
    """`body` is sent as JSON unless it is bytes already."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    manner: Manner = at_once


def error(status: int, message: str) -> Reply:
    return Reply(status, {"status": "error", "message": message})

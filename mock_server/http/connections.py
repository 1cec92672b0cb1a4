"""The wire: a transport that sends the head and the body of a reply in one write, and the transmission of replies."""

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from starlette.types import Message, Receive, Scope, Send

from mock_server.faults.transmission import Ending, Transmission

EXTENSION = "aiimage_mock.connection"
# l_onoff, l_linger: a socket that lingers for 0 s sends RST when it is closed.
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
Wait = Callable[[float], Awaitable[None]]


class Connection(Protocol):
    """The connection that a reply is sent on."""

    def is_closing(self) -> bool:
        """Return whether the client has disconnected, or the mock is closing the connection."""
        ...

    def cork(self) -> None:
        """Hold back what is written."""
        ...

    def uncork(self) -> None:
        """Send what was held back, and stop holding back."""
        ...

    def end(self, ending: Ending) -> None:
        """Close the connection in an orderly way, or reset it."""
        ...


class CorkedTransport(asyncio.Transport):
    """A transport that can be corked.

    drains: called by close; if it returns true, the transport stays open until the rest of a request was read.
    """

    def __init__(self, transport: asyncio.Transport, drains: Callable[[], bool] = lambda: False) -> None:
        super().__init__()
        self._transport = transport
        self._drains = drains
        self._held: list[bytes | bytearray | memoryview] | None = None

    # uvicorn writes head and body separately: a system call and a packet each.
    def cork(self) -> None:
        self._held = []

    def uncork(self) -> None:
        held, self._held = self._held, None
        if held:
            self._transport.writelines(held)

    def end(self, ending: Ending) -> None:
        if ending == "closed":
            self._transport.close()
            return
        # A duplicate of the descriptor: closing this socket object must not close the transport's own.
        with socket.socket(fileno=os.dup(self._transport.get_extra_info("socket").fileno())) as duplicate:
            duplicate.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        # Not close: it would first send what is buffered.
        self._transport.abort()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._held is None:
            self._transport.write(data)
        else:
            self._held.append(data)

    def write_eof(self) -> None:
        self._transport.write_eof()

    def close(self) -> None:
        self.uncork()
        if not self._drains():
            self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def get_write_buffer_size(self) -> int:
        return self._transport.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)


def connection_of(scope: Scope) -> Connection:
    """Return the connection of a request."""
    connection: Connection = scope["extensions"][EXTENSION]
    return connection


async def transmit(
    transmission: Transmission, request_id: str, wait: Wait, scope: Scope, receive: Receive, send: Send
) -> None:
    """Send a reply part by part, and end the connection as the transmission says."""
    connection = connection_of(scope)
    complete = transmission.ending == "complete"
    if transmission.status is not None:
        connection.cork()
        await send(_head(transmission.status, transmission.headers, request_id))
        last = len(transmission.parts) - 1
        for index, part in enumerate(transmission.parts):
            if part.after:
                connection.uncork()
                await wait(part.after)
            # A cut reply is never marked as complete: uvicorn raises where it is shorter than its content-length.
            more = index < last or not complete
            await send({"type": "http.response.body", "body": part.data, "more_body": more})
        connection.uncork()
    if not complete:
        connection.end(transmission.ending)
        # uvicorn reports an application that returns before its reply is complete, unless the client is gone.
        while isinstance(connection, CorkedTransport) and (await receive())["type"] != "http.disconnect":
            pass


def _head(status: int, named: Mapping[str, str], request_id: str) -> Message:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in named.items()]
    headers.append((b"x-mock-request-id", request_id.encode()))
    return {"type": "http.response.start", "status": status, "headers": headers}

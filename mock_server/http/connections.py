"""Connections that can be made to die, over a socket or in this process."""

import os
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.faults.transmission import Ending, Transmission

from .gathering import Gathering

EXTENSION = "aiimage_mock.connection"
_NO_LINGERING = struct.pack("ii", 1, 0)
Wait = Callable[[float], Awaitable[None]]


class Connection(Protocol):
    """What a reply goes out on."""

    @property
    def gone(self) -> bool:
        """Whether nobody is at the other end any more."""
        ...

    def hold(self) -> None:
        """Send nothing until it is released."""
        ...

    def release(self) -> None:
        """Send what was held back."""
        ...

    def die(self, ending: Ending) -> None:
        """Close it in an orderly way, or reset it."""
        ...


class SocketConnection:
    """A connection over a socket."""

    def __init__(self, transport: Gathering) -> None:
        self._transport = transport
        self.hold = transport.hold
        self.release = transport.release

    @property
    def gone(self) -> bool:
        return self._transport.is_closing()

    def die(self, ending: Ending) -> None:
        if ending == "closed":
            self._transport.close()
            return
        with socket.socket(fileno=os.dup(self._transport.get_extra_info("socket").fileno())) as wire:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
        self._transport.abort()


class _InProcess:
    gone = False

    def hold(self) -> None:
        pass

    def release(self) -> None:
        pass

    def die(self, ending: Ending) -> None:
        del ending
        self.gone = True


class InProcess:
    """An ASGI application whose connections can die without a socket too: the call then raises ConnectionResetError."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if EXTENSION in scope.get("extensions", {}):
            await self._app(scope, receive, send)
            return
        connection = _InProcess()
        await self._app(with_connection(scope, connection), receive, send)
        if connection.gone:
            raise ConnectionResetError("the mock broke the connection off, as a fault told it to")


def with_connection(scope: Scope, connection: Connection) -> Scope:
    """Return the scope with its connection."""
    return {**scope, "extensions": {**scope.get("extensions", {}), EXTENSION: connection}}


def is_gone(scope: Scope) -> bool:
    """Tell whether the client has hung up."""
    connection: Connection = scope["extensions"][EXTENSION]
    return connection.gone


async def transmit(
    transmission: Transmission, number: str, wait: Wait, scope: Scope, receive: Receive, send: Send
) -> None:
    """Send what there is to send, part by part, and let the connection die where it should. number: the request's."""
    connection: Connection = scope["extensions"][EXTENSION]
    if transmission.status is not None:
        connection.hold()
        await send(_head(transmission.status, transmission.headers, number))
        complete, last = transmission.ending == "complete", len(transmission.parts) - 1
        for place, part in enumerate(transmission.parts):
            if part.after:
                connection.release()
                await wait(part.after)
            more = place < last or not complete
            await send({"type": "http.response.body", "body": part.data, "more_body": more})
        connection.release()
    if transmission.ending != "complete":
        connection.die(transmission.ending)
        while isinstance(connection, SocketConnection) and (await receive())["type"] != "http.disconnect":
            pass


def _head(status: int, named: Mapping[str, str], number: str) -> Message:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in named.items()]
    headers.append((b"x-mock-request-id", number.encode()))
    return {"type": "http.response.start", "status": status, "headers": headers}

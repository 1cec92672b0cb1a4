"""A transport that sends head and body of a reply together. Else each is a system call, and a packet, of its own."""

import asyncio
from typing import Any


class Gathering(asyncio.Transport):
    """Another transport, which may be told to hold back for a moment what is written."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._held: list[bytes | bytearray | memoryview] | None = None

    def hold(self) -> None:
        """Send nothing until told to."""
        self._held = []

    def release(self) -> None:
        """Send what was held back, and hold back no more."""
        held, self._held = self._held, None
        if held:
            self._transport.writelines(held)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._held is None:
            self._transport.write(data)
        else:
            self._held.append(data)

    def write_eof(self) -> None:
        self._transport.write_eof()

    def close(self) -> None:
        self.release()
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def get_write_buffer_size(self) -> int:
        return self._transport.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

"""The bus between processes that share a Valkey: its channels."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress

import hiredis

from ..protocol import StoreUnavailableError
from .address import Address
from .ear import Ear
from .keys import PREFIX
from .server import Server

_RECONNECT_SECONDS = 0.25
_PING_SECONDS = 5
_ID_BYTES = 6
CHANGES = "changes"
_log = logging.getLogger("aiimage_mock.stores")


class RedisBus:
    """Messages to the processes whose state is in one database of one Valkey. server: publishes them.

    A message begins with the id of its sender, which ignores it.
    """

    def __init__(self, address: Address, server: Server) -> None:
        self._address = address
        self._server = server
        self._subscribers = Server(address, line=self._subscriber)
        self._id = secrets.token_bytes(_ID_BYTES)
        self._prefix = f"{PREFIX}:{address.database}:"
        self._channels = {CHANGES}
        self._subscriber_line: Ear | None = None
        self._on_message: Callable[[bytes], None] = lambda _: None
        self._on_connected: Callable[[], None] = lambda: None
        self._receiving: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()

    def attach(self, on_message: Callable[[bytes], None], on_connected: Callable[[], None]) -> None:
        self._on_message = on_message
        self._on_connected = on_connected

    async def connect(self) -> None:
        if self._receiving is None:
            self._receiving = asyncio.ensure_future(self._receive())
        await self._tried.wait()

    async def subscribe(self, channel: str) -> None:
        self._channels.add(channel)
        await self.connect()
        if self._subscriber_line:
            await self._subscribe(self._subscriber_line, channel)

    def unsubscribe(self, channel: str) -> None:
        self._channels.discard(channel)
        if self._subscriber_line:
            self._subscriber_line.ask([("UNSUBSCRIBE", self._prefix + channel)])

    async def publish(self, channel: str, message: bytes) -> int:
        return int((await self._server.ask(("PUBLISH", self._prefix + channel, self._id + message)))[0])

    async def close(self) -> None:
        """Close the connection."""
        if self._receiving:
            self._receiving.cancel()
            with suppress(asyncio.CancelledError):
                await self._receiving
        await self._subscribers.close()

    async def _receive(self) -> None:
        """Keep a connection: when it is lost, make another."""
        while True:
            with suppress(StoreUnavailableError):  # a request that needs the state reports it
                await self._connected()
            self._subscriber_line = None
            self._tried.set()
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _connected(self) -> None:
        line = await self._subscribers.line()
        assert isinstance(line, Ear)
        self._subscriber_line = line
        for channel in tuple(self._channels):
            await self._subscribe(line, channel)
        self._on_connected()
        self._tried.set()
        while not line.gone.is_set():
            await self._ping(line)

    async def _subscribe(self, line: Ear, channel: str) -> None:
        (reply,) = await line.ask([("SUBSCRIBE", self._prefix + channel)])
        if isinstance(reply, hiredis.ReplyError):
            line.close("does not allow this user to subscribe to aiimage:*")
            raise StoreUnavailableError(line.lost)

    async def _ping(self, line: Ear) -> None:
        """Check the connection now and then, until it is lost."""
        try:
            await asyncio.wait_for(line.gone.wait(), _PING_SECONDS)
        except TimeoutError:
            await line.ask([("PING",)])

    def _subscriber(self, name: str, patience: float) -> Ear:
        return Ear(name, patience, self._received)

    def _received(self, message: bytes) -> None:
        if message.startswith(self._id):
            return
        try:
            self._on_message(message[_ID_BYTES:])
        except Exception:  # noqa: BLE001 (another version of the mock may send anything)
            _log.exception("A message of another process failed.")

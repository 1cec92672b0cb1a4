"""The bus between processes that share a Valkey: its channels."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from redis import exceptions
from redis.asyncio.connection import Connection as RedisConnection

from ..protocol import StoreUnavailableError
from .commands import PREFIX
from .connection import Connection

_RECONNECT_SECONDS = 0.25
_SUBSCRIBE_SECONDS = 1
_PING_SECONDS = 5
_ID_BYTES = 6
_log = logging.getLogger("aiimage_mock.stores")


class RedisBus:
    """Messages to the processes whose state is in one database of one Valkey. connection: publishes them.

    A message begins with the id of its sender, which ignores it.
    """

    def __init__(self, database: int, connection: Connection) -> None:
        self._connection = connection
        self._id = secrets.token_bytes(_ID_BYTES)
        self._prefix = f"{PREFIX}:{database}:"
        self._subscribed: dict[str, asyncio.Event] = {}  # by channel: set while messages arrive
        self._subscriber: RedisConnection | None = None
        self._on_message: Callable[[bytes], None] = lambda _: None
        self._on_connected: Callable[[], None] = lambda: None
        self._receiving: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()

    def attach(self, channel: str, on_message: Callable[[bytes], None], on_connected: Callable[[], None]) -> None:
        self._subscribed[channel] = asyncio.Event()
        self._on_message = on_message
        self._on_connected = on_connected

    async def connect(self) -> None:
        if self._receiving is None:
            self._receiving = asyncio.ensure_future(self._keep_connected())
        await self._tried.wait()

    async def subscribe(self, channel: str) -> None:
        subscribed = self._subscribed.setdefault(channel, asyncio.Event())
        await self.connect()
        if not subscribed.is_set():
            await self._send("SUBSCRIBE", channel)
            try:
                await asyncio.wait_for(subscribed.wait(), _SUBSCRIBE_SECONDS)
            except TimeoutError:
                raise StoreUnavailableError("the connection for messages of other processes was lost") from None

    async def unsubscribe(self, channel: str) -> None:
        self._subscribed.pop(channel, None)
        await self._send("UNSUBSCRIBE", channel)

    async def publish(self, channel: str, message: bytes) -> int:
        return int((await self._connection.execute(("PUBLISH", self._prefix + channel, self._id + message)))[0])

    async def close(self) -> None:
        """Close the connection."""
        if self._receiving:
            self._receiving.cancel()
            with suppress(asyncio.CancelledError):
                await self._receiving

    async def _send(self, command: str, channel: str) -> None:
        """Send a command, unless there is no connection. Its reply arrives as a message."""
        if self._subscriber:
            with suppress(exceptions.RedisError, OSError):  # the next connection makes up for it
                await self._subscriber.send_command(command, self._prefix + channel)

    async def _keep_connected(self) -> None:
        """Receive messages, and connect again when the connection is lost."""
        while True:
            # a request that needs the state reports what is wrong
            with suppress(StoreUnavailableError, exceptions.RedisError, OSError, TimeoutError):
                await self._receive(await self._connection.open())
            self._tried.set()
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _receive(self, subscriber: RedisConnection) -> None:
        """Receive messages until the connection is lost; raise what ended it."""
        self._subscriber = subscriber
        try:
            await subscriber.send_command("SUBSCRIBE", *(self._prefix + channel for channel in self._subscribed))
            async with asyncio.timeout(_SUBSCRIBE_SECONDS):
                while not all(subscribed.is_set() for subscribed in self._subscribed.values()):
                    self._handle(await self._next_reply(subscriber))
            # Not before all channels are subscribed: a change between a read and a subscription would be missed.
            self._on_connected()
            self._tried.set()
            while True:
                self._handle(await self._next_reply(subscriber))
        finally:
            self._subscriber = None
            for subscribed in self._subscribed.values():
                subscribed.clear()
            await subscriber.disconnect(nowait=True)

    async def _next_reply(self, subscriber: RedisConnection) -> Any:
        """Return the next reply; raise TimeoutError if not even a ping is answered."""
        # Without disconnect_on_error=False redis-py closes the connection when a timeout cancels the read.
        with suppress(TimeoutError):
            async with asyncio.timeout(_PING_SECONDS):
                return await subscriber.read_response(disconnect_on_error=False)
        # Silence is normal here; only an unanswered ping tells a dead connection from a quiet one.
        await subscriber.send_command("PING")
        async with asyncio.timeout(_PING_SECONDS):
            return await subscriber.read_response(disconnect_on_error=False)

    def _handle(self, reply: Any) -> None:
        match reply:
            case [b"message", _, message] if not message.startswith(self._id):
                self._handle_message(message[_ID_BYTES:])
            case [b"subscribe", channel, _]:
                subscribed = self._subscribed.get(channel.decode().removeprefix(self._prefix))
                if subscribed:
                    subscribed.set()

    def _handle_message(self, message: bytes) -> None:
        try:
            self._on_message(message)
        except Exception:  # noqa: BLE001 (another version of the mock may send anything)
            _log.exception("A message of another process failed.")

"""The connection to Valkey: redis-py's, shared by all requests of a process."""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import hiredis
from redis import exceptions
from redis.asyncio.connection import Connection as RedisConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from ..protocol import StoreUnavailableError
from .address import Address
from .commands import Command, Script
from .reasons import cause_of, code_of, reason_of

T = TypeVar("T")
_Queued = tuple[Sequence[Command], asyncio.Future[list[Any]]]

_PAUSE_SECONDS = 0.25
_TIMEOUT_PARTS = 4
_NOT_PRIMARY = frozenset({"READONLY", "LOADING", "MASTERDOWN"})


class ConnectionLostError(StoreUnavailableError):
    """The connection was lost or timed out: the outcome of the commands is unknown."""


class Connection:
    """One connection, made when it is first needed, and again when it was lost.

    Commands that arrive while others are in progress, or in the same turn of the event loop, share a pipeline.
    timeout: the seconds to wait for the replies of a pipeline. After a server could not be reached or was too
    slow, commands fail at once for a quarter of a second.
    """

    def __init__(self, address: Address, timeout: float = 1) -> None:
        self._address = address
        self._timeout = timeout
        self._connection: RedisConnection | None = None
        self._queue: list[_Queued] = []
        self._sending: asyncio.Task[None] | None = None
        self._paused_until = 0.0
        self._reason = ""

    async def execute(self, *commands: Command) -> list[Any]:
        """Return the reply to each command; raise StoreUnavailableError.

        It is a ConnectionLostError if the outcome is unknown.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[Any]] = loop.create_future()
        self._queue.append((commands, future))
        if self._sending is None:
            # Runs in the next turn of the loop: the commands of all requests of this turn share one pipeline.
            self._sending = loop.create_task(self._send_queued())
        replies = await future
        for place, reply in enumerate(replies):
            if isinstance(reply, exceptions.ResponseError):
                replies[place] = await self._recover(reply, commands[place])
        return replies

    async def open(self) -> RedisConnection:
        """Return a new connection that is logged in; raise StoreUnavailableError."""
        if asyncio.get_running_loop().time() < self._paused_until:
            raise StoreUnavailableError(self._reason)
        try:
            return await self._in_time(self._logged_in())
        except TimeoutError:
            raise self._pause(self._slow) from None
        except StoreUnavailableError as error:
            raise self._pause(str(error)) from None
        except exceptions.ResponseError as error:
            raise self._pause(reason_of(error) or f"refuses database {self._address.database}") from None
        except (exceptions.RedisError, OSError) as error:
            raise self._pause(reason_of(error) or f"cannot be reached ({cause_of(error)})") from None

    async def close(self) -> None:
        """Close the connection."""
        if self._sending:
            self._sending.cancel()
            with suppress(asyncio.CancelledError):
                await self._sending
        queue, self._queue = self._queue, []
        _fail(queue, self._lost("was closed"))
        await self._disconnect()

    async def _send_queued(self) -> None:
        """Send what is queued as one pipeline, until nothing is."""
        try:
            while self._queue:
                queue, self._queue = self._queue, []
                await self._send_pipeline(queue)
        finally:
            self._sending = None

    async def _send_pipeline(self, queue: Sequence[_Queued]) -> None:
        try:
            replies = iter(await self._send([command for commands, _ in queue for command in commands]))
        except BaseException as error:
            # Also if it is cancelled: the requests in the queue would never end.
            _fail(queue, error if isinstance(error, Exception) else self._lost("was closed"))
            if not isinstance(error, Exception):
                raise
        else:
            for commands, future in queue:
                own = [next(replies) for _ in commands]
                if not future.done():  # the request may have been cancelled
                    future.set_result(own)

    async def _send(self, commands: Sequence[Command]) -> list[Any]:
        """Return the reply to each command, errors among them; raise StoreUnavailableError."""
        if self._connection and await self._was_closed(self._connection):
            await self._disconnect()
        if self._connection is None:
            self._connection = await self.open()
        try:
            return await self._exchange(self._connection, commands)
        except BaseException as error:
            # Replies to these commands may still arrive, and the next pipeline would take them for its own.
            await self._disconnect()
            if isinstance(error, TimeoutError):
                self._pause(self._slow)
                raise self._lost(self._slow) from None
            if isinstance(error, exceptions.RedisError | OSError):
                raise self._lost(reason_of(error) or "has closed the connection") from None
            raise

    async def _was_closed(self, connection: RedisConnection) -> bool:
        try:
            return await connection.can_read()  # no reply is awaited, so it would read the end of the stream
        except exceptions.RedisError:
            return True

    async def _exchange(self, connection: RedisConnection, commands: Sequence[Command]) -> list[Any]:
        """Send commands, and return their replies; raise TimeoutError if that takes too long."""
        replies: list[Any] = []
        # redis-py packs in Python, which is slower
        packed = b"".join(map(hiredis.pack_command, commands))  # type: ignore[arg-type]
        async with asyncio.timeout(self._timeout):
            await connection.send_packed_command(packed, check_health=False)
        # In parts: a process that was suspended itself has used up one of them, and then reads what has arrived.
        for _ in range(_TIMEOUT_PARTS):
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timeout / _TIMEOUT_PARTS):
                    while len(replies) < len(commands):
                        replies.append(await _reply(connection))
                return replies
        raise TimeoutError

    async def _recover(self, error: exceptions.ResponseError, command: Command) -> Any:
        """Run a script that the server does not know by its source; raise what any other error means."""
        source = Script.by_sha.get(str(command[1])) if isinstance(error, exceptions.NoScriptError) else None
        if source is not None:
            return (await self.execute(("EVAL", source, *command[2:])))[0]
        if code_of(error) in _NOT_PRIMARY:  # the next connection asks again which server is
            await self._disconnect()
        if reason := reason_of(error):
            raise StoreUnavailableError(f"{self._address} {reason}")
        raise RuntimeError(f"{self._address} refuses {command[0]!s}: {error}")

    async def _in_time(self, coming: Coroutine[Any, Any, T]) -> T:
        """Return what comes within the timeout, taken in parts as in `_exchange`; raise TimeoutError."""
        task = asyncio.ensure_future(coming)
        try:
            for _ in range(_TIMEOUT_PARTS):
                if (await asyncio.wait([task], timeout=self._timeout / _TIMEOUT_PARTS))[0]:
                    return task.result()
        finally:
            if task.cancel():
                await asyncio.wait([task])
        raise TimeoutError

    async def _logged_in(self) -> RedisConnection:
        host, port = await self._primary()
        connection = self._address.connection(host, port)
        try:
            await connection.connect()  # type: ignore[no-untyped-call]
            # Else the first EVALSHA of each script fails, and takes another round trip.
            await self._exchange(connection, [("SCRIPT", "LOAD", source) for source in Script.by_sha.values()])
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        return connection

    async def _primary(self) -> tuple[str, int]:
        """Return host and port of the server, from the address or from its sentinels."""
        if self._address.service is None:
            return self._address.hosts[0]
        # Half: if one sentinel does not answer, there is time to ask another.
        options = {"socket_timeout": self._timeout / 2, "retry": Retry(NoBackoff(), 0)}
        sentinel = Sentinel(self._address.hosts, sentinel_kwargs=options)  # type: ignore[no-untyped-call]
        try:
            host, port = await sentinel.discover_master(self._address.service)
            return str(host), int(port)
        except exceptions.RedisError:
            raise StoreUnavailableError("has no sentinel that knows a primary of that name") from None
        finally:
            await sentinel.aclose()

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            await connection.disconnect(nowait=True)

    def _pause(self, reason: str) -> StoreUnavailableError:
        self._paused_until = asyncio.get_running_loop().time() + _PAUSE_SECONDS
        self._reason = f"{self._address} {reason}"
        return StoreUnavailableError(self._reason)

    def _lost(self, reason: str) -> ConnectionLostError:
        return ConnectionLostError(f"{self._address} {reason}")

    @property
    def _slow(self) -> str:
        return f"did not answer for {self._timeout:g} s"


def _fail(queue: Sequence[_Queued], error: Exception) -> None:
    for _, future in queue:
        if not future.done():
            future.set_exception(error)


async def _reply(connection: RedisConnection) -> Any:
    """Return the next reply, even if it is an error."""
    try:
        return await connection.read_response(disconnect_on_error=False)
    except exceptions.ResponseError as error:
        return error

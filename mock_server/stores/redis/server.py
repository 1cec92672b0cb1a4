"""A server of Valkey or Redis: reached when it is needed, and again when the connection is lost."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import hiredis
import redis.exceptions
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from ..protocol import StoreUnavailableError
from .address import Address
from .line import LOOKS, Command, Line, LineLostError
from .scripts import SCRIPTS

_PAUSE_SECONDS = 0.25
_MOVED = frozenset({"READONLY", "LOADING", "MASTERDOWN"})
_REASONS = {
    "OOM": "has no memory left: give it more (maxmemory), or let it hold less (max_worlds, max_journal_bytes)",
    "READONLY": "is a replica that takes no changes: name the primary",
    "LOADING": "is still loading its data: wait",
    "MASTERDOWN": "is a replica without its primary: name the primary",
    "MISCONF": "cannot write its data to disk: see its log",
    "NOREPLICAS": "has too few replicas: see min-replicas-to-write there",
    "BUSY": "is busy with somebody's script: wait",
    "NOAUTH": "asks for a password: put it into the URL",
    "WRONGPASS": "does not know that user or password",
    "NOPERM": "does not let that user do what is needed: allow all on the keys and channels aiimage:*",
    "MOVED": "is a part of a cluster: name a single server, or sentinels",
    "CLUSTERDOWN": "is a part of a cluster: name a single server, or sentinels",
}


class Server:
    """What asks a server. One connection for all, made when first needed.

    patience: for how many seconds a reply is waited for. When the server could not be reached, or was too slow, whoever
    asks within the next quarter of a second is refused at once; then it is tried again. line: makes the connection.
    """

    def __init__(self, address: Address, patience: float = 1, line: Callable[[str, float], Line] = Line) -> None:
        self._address = address
        self._patience = patience
        self._make = line
        self._line: Line | None = None
        self._connecting: asyncio.Task[Line] | None = None
        self._paused: tuple[float, str] = 0, ""

    async def ask(self, *commands: Command) -> list[Any]:
        """Return the reply to each command, all sent at once; raise StoreUnavailableError.

        That is a LineLostError where nobody knows what was done.
        """
        line = await self.line()
        try:
            replies = await line.ask(commands)
        except LineLostError:
            if line.slow:
                self._pause(line.lost)
            raise
        for place, reply in enumerate(replies):
            if isinstance(reply, hiredis.ReplyError):
                replies[place] = await self._after(reply, line, commands[place])
        return replies

    async def line(self) -> Line:
        """Return the connection, made if need be; raise StoreUnavailableError."""
        return self._line if self._line and not self._line.lost else await self._reach()

    async def close(self) -> None:
        """Hang up."""
        if self._connecting:
            self._connecting.cancel()
            with suppress(asyncio.CancelledError):
                await self._connecting
        if self._line:
            self._line.close()
            await asyncio.sleep(0)

    async def _after(self, error: hiredis.ReplyError, line: Line, command: Command) -> Any:
        """Return the reply to a script that the server had to be sent again; raise what any other error means."""
        code = str(error).split(" ", 1)[0]
        if code == "NOSCRIPT" and (source := SCRIPTS.get(str(command[1]))):
            reply = (await line.ask([("EVAL", source, *command[2:])]))[0]
            if not isinstance(reply, hiredis.ReplyError):
                return reply
            code = str(reply).split(" ", 1)[0]
        if code in _MOVED:
            line.close("is not, or no longer, the primary")
        if code in _REASONS:
            raise StoreUnavailableError(f"{self._address} {_REASONS[code]}")
        raise RuntimeError(f"{self._address} refuses {command[0]!s}: {error}")

    async def _reach(self) -> Line:
        """Return a new connection, the same for all who wait for one."""
        until, why = self._paused
        if asyncio.get_running_loop().time() < until:
            raise StoreUnavailableError(why)
        if self._connecting is None:
            self._connecting = asyncio.ensure_future(self._connected())
        return await asyncio.shield(self._connecting)

    async def _connected(self) -> Line:
        try:
            line = self._line = await self._in_time(self._opened())
        except TimeoutError:
            raise self._given_up(f"did not answer for {self._patience:g} s") from None
        except OSError as error:
            raise self._given_up(f"cannot be reached ({_cause(error)})") from None
        except StoreUnavailableError as error:
            self._pause(str(error))
            raise
        else:
            return line
        finally:
            self._connecting = None

    async def _in_time(self, coming: Coroutine[Any, Any, Line]) -> Line:
        """Return what comes within the seconds of patience, looking as often as a line does; raise TimeoutError."""
        task = asyncio.ensure_future(coming)
        try:
            for _ in range(LOOKS):
                if (await asyncio.wait([task], timeout=self._patience / LOOKS))[0]:
                    return task.result()
        finally:
            if task.cancel():
                await asyncio.wait([task])
        raise TimeoutError

    def _given_up(self, why: str) -> StoreUnavailableError:
        self._pause(f"{self._address} {why}")
        return StoreUnavailableError(f"{self._address} {why}")

    def _pause(self, why: str) -> None:
        self._paused = asyncio.get_running_loop().time() + _PAUSE_SECONDS, why

    async def _opened(self) -> Line:
        """Return a connection that has logged in and chosen its database, where the scripts are known."""
        loop, address = asyncio.get_running_loop(), self._address
        host, port = await self._primary()
        _, line = await loop.create_connection(
            lambda: self._make(str(address), self._patience), host, port, ssl=address.tls
        )
        try:
            await self._greet(line)
        except BaseException:
            line.close()
            raise
        return line

    async def _greet(self, line: Line) -> None:
        commands: list[Command] = [("CLIENT", "SETNAME", "aiimage-mock")]
        if self._address.password is not None:
            commands = [("AUTH", self._address.username or "default", self._address.password), *commands]
        if self._address.database:
            commands.append(("SELECT", self._address.database))
        commands += [("SCRIPT", "LOAD", source) for source in SCRIPTS.values()]
        for command, reply in zip(commands, await line.ask(commands), strict=True):
            if isinstance(reply, hiredis.ReplyError):
                raise StoreUnavailableError(f"{self._address} {_refusal(command, reply)}")

    async def _primary(self) -> tuple[str, int]:
        """Return where the server is: as the address says, or as its sentinels do."""
        if self._address.service is None:
            return self._address.hosts[0]
        options = {"socket_timeout": self._patience / 2, "retry": Retry(NoBackoff(), 0)}
        sentinel = Sentinel(self._address.hosts, sentinel_kwargs=options)  # type: ignore[no-untyped-call]
        try:
            host, port = await sentinel.discover_master(self._address.service)
            return str(host), int(port)
        except redis.exceptions.RedisError:
            raise StoreUnavailableError(f"{self._address}: no sentinel there knows a primary of that name") from None
        finally:
            await sentinel.aclose()


def _cause(error: OSError) -> str:
    if isinstance(error, ConnectionError) and error.errno:
        return os.strerror(error.errno)
    return error.strerror or type(error).__name__


def _refusal(command: Command, error: hiredis.ReplyError) -> str:
    """Return what is wrong, without the server's own words: they may repeat the password."""
    code = str(error).split(" ", 1)[0]
    return _REASONS.get(code, f"refuses the command {command[0]!s} ({code[:20]})")

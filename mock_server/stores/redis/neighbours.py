"""Neighbours that meet in Valkey: they hear each other by its channels, and hold things by its keys.

There is a channel for all and one for each process: who is there is who listens on its own, and Valkey knows that at
once when a process dies.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count

import hiredis
import msgspec

from ..protocol import Hearer, StoreUnavailableError
from .address import Address
from .ear import Ear
from .keys import PREFIX, key
from .line import Command
from .scripts import Script
from .server import Server

_READY_SECONDS = 1
_AGAIN_SECONDS = 0.25
_PULSE_SECONDS = 5
_HELD_MILLISECONDS = 5_000
_RENEWAL_SECONDS = 1.5
_TURN_SECONDS = 0.02
_log = logging.getLogger("aiimage_mock.stores")

RENEW = Script("return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2])\n")
"""KEYS: what is held. ARGV: who holds it, for how many milliseconds from now."""

RELEASE = Script("return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1])\n")
"""KEYS: what is held. ARGV: who holds it."""


class _Message(msgspec.Struct, array_like=True):
    """What goes over a channel. question: its number, 0 where none is asked; answers: it is the answer to that."""

    sender: str
    body: bytes
    question: int = 0
    answers: bool = False


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Message).decode


@dataclass(slots=True)
class _Question:
    """A question that was asked. came: set when there is another answer."""

    answers: dict[str, bytes] = field(default_factory=dict)
    came: asyncio.Event = field(default_factory=asyncio.Event)


class RedisNeighbours:
    """The processes whose state is in one database of one Valkey. server: where questions and answers are sent.

    Whoever has not answered in time is not waited for again until it is heard from.
    """

    def __init__(self, address: Address, server: Server) -> None:
        self._address = address
        self._server = server
        self._ears = Server(address, line=self._ear)
        self._name = secrets.token_hex(6)
        self._everybody = f"{PREFIX}:{address.database}:everybody"
        self._process = f"{PREFIX}:{address.database}:process:"
        self._processes: Command = ("PUBSUB", "CHANNELS", f"{self._process}*")
        self._hearer: Hearer | None = None
        self._listening: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()
        self._joined = asyncio.Event()
        self._numbers = count(1)
        self._questions: dict[int, _Question] = {}
        self._silent: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def attend(self, hearer: Hearer) -> None:
        self._hearer = hearer

    async def join(self) -> None:
        if self._listening is None:
            self._listening = asyncio.ensure_future(self._listen())
        await self._tried.wait()

    async def tell(self, message: bytes, whom: str | None = None) -> int:
        return await self._publish(_Message(self._name, message), whom)

    async def ask(self, message: bytes, patience: float) -> Sequence[bytes]:
        number = next(self._numbers)
        question = self._questions[number] = _Question()
        try:
            await self._ready()
            publish = self._publishing(_Message(self._name, message, number))
            channels, _ = await self._server.ask(self._processes, publish)
            await self._answered(question, self._expected(channels), patience)
        finally:
            del self._questions[number]
        return list(question.answers.values())

    @asynccontextmanager
    async def holding(self, name: str) -> AsyncIterator[None]:
        held, holder = key(name, "held"), f"{self._name}:{next(self._numbers)}"
        take: Command = ("SET", held, holder, "NX", "PX", _HELD_MILLISECONDS)
        while not (await self._server.ask(take))[0]:  # noqa: ASYNC110 (whoever holds it may have died)
            await asyncio.sleep(_TURN_SECONDS)
        renewing = asyncio.ensure_future(self._renew(held, holder))
        try:
            yield
        finally:
            renewing.cancel()
            with suppress(StoreUnavailableError):  # it expires
                await self._server.ask(RELEASE((held,), holder))

    async def is_held(self, name: str) -> bool:
        return bool((await self._server.ask(("EXISTS", key(name, "held"))))[0])

    async def close(self) -> None:
        """Hear nothing any more."""
        for task in [*self._tasks, *([self._listening] if self._listening else [])]:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._ears.close()

    async def _listen(self) -> None:
        """Listen, and again when the connection is lost: what is said in between is lost."""
        while True:
            try:
                line = await self._ears.line()
                assert isinstance(line, Ear)
                await self._subscribe(line)
                self._joined.set()
                self._tried.set()
                if self._hearer:
                    self._hearer.joined()
                while not line.gone.is_set():
                    await self._pulse(line)
            except StoreUnavailableError:  # whoever needs it is told so
                self._tried.set()
            self._joined.clear()
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _ready(self) -> None:
        """Return when answers would be heard; raise StoreUnavailableError where that takes too long."""
        await self.join()
        try:
            await asyncio.wait_for(self._joined.wait(), _READY_SECONDS)
        except TimeoutError:
            raise StoreUnavailableError(f"{self._address} does not let the mock listen to others") from None

    async def _subscribe(self, line: Ear) -> None:
        replies = await line.ask([("SUBSCRIBE", self._everybody), ("SUBSCRIBE", self._process + self._name)])
        if any(isinstance(reply, hiredis.ReplyError) for reply in replies):
            line.close("does not let that user listen")

    async def _pulse(self, line: Ear) -> None:
        """See now and then whether anybody is at the other end, until the line is lost."""
        try:
            await asyncio.wait_for(line.gone.wait(), _PULSE_SECONDS)
        except TimeoutError:
            await line.ask([("PING",)])

    def _ear(self, name: str, patience: float) -> Ear:
        return Ear(name, patience, self._heard)

    def _heard(self, packed: bytes) -> None:
        try:
            message = _decode(packed)
        except msgspec.MsgspecError:
            return  # of another version of the mock, or nothing of ours
        if message.sender == self._name:
            return
        self._silent.discard(message.sender)
        if not message.answers:
            task = asyncio.ensure_future(self._answer(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif question := self._questions.get(message.question):
            question.answers[message.sender] = message.body
            question.came.set()

    async def _answer(self, message: _Message) -> None:
        if self._hearer is None:
            return
        try:
            answer = await self._hearer.hear(message.sender, message.body)
            if message.question:
                await self._publish(_Message(self._name, answer, message.question, answers=True), message.sender)
        except StoreUnavailableError:
            pass  # who asked finds that too
        except Exception:  # noqa: BLE001 (whatever fails)
            _log.exception("a message of another process could not be understood")

    async def _answered(self, question: _Question, there: set[str], patience: float) -> None:
        """Return when all have answered who are there, and still are; say who is not waited for any longer."""
        loop = asyncio.get_running_loop()
        until = loop.time() + patience
        while missing := there - question.answers.keys():
            if loop.time() > until:
                self._silent |= missing
                _log.warning("%d processes that share the state did not answer for %g s", len(missing), patience)
                return
            question.came.clear()
            try:
                await asyncio.wait_for(question.came.wait(), _AGAIN_SECONDS)
            except TimeoutError:
                there &= self._expected((await self._server.ask(self._processes))[0])

    def _expected(self, channels: Sequence[bytes]) -> set[str]:
        """Return the other processes that listen on these channels and can be expected to answer."""
        there = {channel.decode().removeprefix(self._process) for channel in channels} - {self._name}
        self._silent &= there
        return there - self._silent

    async def _publish(self, message: _Message, whom: str | None = None) -> int:
        return int((await self._server.ask(self._publishing(message, whom)))[0])

    def _publishing(self, message: _Message, whom: str | None = None) -> Command:
        return ("PUBLISH", self._everybody if whom is None else self._process + whom, _encode(message))

    async def _renew(self, held: str, holder: str) -> None:
        """Have it held for longer. Who is too late for that may find that somebody else holds it too: no harm done."""
        while True:
            await asyncio.sleep(_RENEWAL_SECONDS)
            with suppress(StoreUnavailableError):
                await self._server.ask(RENEW((held,), holder, _HELD_MILLISECONDS))

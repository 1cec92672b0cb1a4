"""Processes that share a Valkey: what they hear of each other, whom they wait for, and what one holds."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from mock_server.stores import StoreUnavailableError
from mock_server.stores.redis import neighbours
from mock_server.stores.redis.address import parse_address
from mock_server.stores.redis.neighbours import RedisNeighbours
from mock_server.stores.redis.server import Server
from support.valkey import Valkey, fresh_url, shared

Answer = Callable[[str, bytes], bytes]
PATIENCE = 5.0


class Process:
    """One of them, which answers what it hears with its name, unless it is silent. joined: how often it has."""

    numbers = count()

    def __init__(self, url: str) -> None:
        self.name = f"process {next(self.numbers)}".encode()
        self.heard: list[bytes] = []
        self.joined_times = 0
        self.answer: Answer = lambda sender, message: self.name
        self.speaks = asyncio.Event()
        self.speaks.set()
        self._server = Server(parse_address(url))
        self.neighbours = RedisNeighbours(parse_address(url), self._server)
        self.neighbours.attend(self)

    async def hear(self, sender: str, message: bytes) -> bytes:
        self.heard.append(message)
        await self.speaks.wait()
        return self.answer(sender, message)

    def joined(self) -> None:
        self.joined_times += 1

    async def close(self) -> None:
        await self.neighbours.close()
        await self._server.close()


@asynccontextmanager
async def processes(*urls: str) -> AsyncIterator[list[Process]]:
    made = [Process(url) for url in urls]
    try:
        for each in made:
            await each.neighbours.join()
        yield made
    finally:
        for each in made:
            await each.close()


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    async def running() -> Any:
        async with asyncio.timeout(2 * PATIENCE):
            return await scenario()

    return asyncio.run(running())


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 (processes tell nobody)
            await asyncio.sleep(0.005)


def test_all_others_hear_and_answer_and_nobody_else() -> None:
    async def scenario() -> None:
        url = fresh_url()
        async with processes(url, url, url, fresh_url()) as (one, two, three, stranger):
            assert set(await one.neighbours.ask(b"who is there", PATIENCE)) == {two.name, three.name}
            assert await stranger.neighbours.ask(b"who is there", PATIENCE) == []
            assert [one.heard, two.heard, stranger.heard] == [[], [b"who is there"], []]

    run(scenario)


def test_what_is_told_is_heard_in_order_by_all_or_by_one() -> None:
    async def scenario() -> None:
        url = fresh_url()
        async with processes(url, url, url) as (one, two, three):
            names: list[str] = []
            two.answer = three.answer = noted(names)
            for number in range(50):
                assert await one.neighbours.tell(b"%d" % number) == 3
            await until(lambda: len(names) == 100)
            (sender,) = set(names)
            one.speaks.clear()
            assert await two.neighbours.tell(b"to you", sender) == 1
            await until(lambda: one.heard == [b"to you"])
            assert await two.neighbours.tell(b"to nobody", "nobody") == 0

    run(scenario)


def noted(names: list[str]) -> Answer:
    def answer(sender: str, message: bytes) -> bytes:
        names.append(sender)
        return message

    return answer


def test_whoever_hangs_is_waited_for_once_and_again_when_it_is_heard_from(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        url = fresh_url()
        async with processes(url, url, url) as (one, two, hangs):
            loop = asyncio.get_running_loop()
            hangs.speaks.clear()
            assert await one.neighbours.ask(b"first", 0.1) == [two.name]
            since = loop.time()
            assert await one.neighbours.ask(b"second", PATIENCE) == [two.name]
            assert loop.time() < since + 1
            hangs.speaks.set()
            await until(lambda: not one.neighbours._silent)
            assert set(await one.neighbours.ask(b"third", PATIENCE)) == {two.name, hangs.name}

    with caplog.at_level(logging.WARNING, "aiimage_mock"):
        run(scenario)
    assert [each.getMessage() for each in caplog.records] == [
        "1 processes that share the state did not answer for 0.1 s"
    ]


def test_whoever_dies_when_it_is_asked_is_waited_for_no_longer() -> None:
    async def scenario() -> None:
        url = fresh_url()
        async with processes(url, url, url) as (one, two, dies):
            dies.speaks.clear()
            loop = asyncio.get_running_loop()
            asking, since = asyncio.ensure_future(one.neighbours.ask(b"are you there", PATIENCE)), loop.time()
            await until(lambda: len(dies.heard) == 1)
            await dies.close()
            assert await asking == [two.name]
            assert loop.time() < since + 2

    run(scenario)


def test_whoever_loses_the_connection_joins_again() -> None:
    async def scenario() -> None:
        url = fresh_url()
        async with processes(url, url) as (one, two):
            shared().say("CLIENT", "KILL", "TYPE", "pubsub")
            await until(lambda: one.joined_times == two.joined_times == 2)
            assert await one.neighbours.ask(b"who is there", PATIENCE) == [two.name]

    run(scenario)


def test_what_nobody_understands_is_ignored(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        url = fresh_url()
        async with processes(url, url) as (one, two):
            for nonsense in ("nonsense", 1, ""):
                shared().say("PUBLISH", f"aiimage:{url.rpartition('/')[2]}:everybody", nonsense)
            two.answer = failing
            await one.neighbours.tell(b"a message")
            await until(lambda: bool(caplog.records))
            two.answer = lambda sender, message: two.name
            assert await one.neighbours.ask(b"who is there", PATIENCE) == [two.name]

    run(scenario)
    assert [each.getMessage() for each in caplog.records] == ["a message of another process could not be understood"]


def failing(sender: str, message: bytes) -> bytes:
    raise ValueError(message)


def test_one_at_a_time_holds_something() -> None:
    async def scenario() -> None:
        url = fresh_url()
        async with processes(url, url) as both:
            holders: list[bytes] = []

            async def hold(process: Process) -> None:
                for _ in range(5):
                    async with process.neighbours.holding("a clock"):
                        holders.append(process.name)
                        assert await both[0].neighbours.is_held("a clock")
                        assert not await both[0].neighbours.is_held("another clock")
                        await asyncio.sleep(0.002)
                        assert holders[-1] == process.name

            await asyncio.gather(*map(hold, both))
            assert len(holders) == 10
            assert not await both[0].neighbours.is_held("a clock")

    run(scenario)


def test_what_is_held_for_long_stays_held_and_is_free_when_the_holder_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "_HELD_MILLISECONDS", 150)
    monkeypatch.setattr(neighbours, "_RENEWAL_SECONDS", 0.03)

    async def scenario() -> None:
        url = fresh_url()
        async with processes(url, url) as (one, other):
            async with one.neighbours.holding("a clock"):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.4), other.neighbours.holding("a clock"):
                        pass
                monkeypatch.setattr(one.neighbours, "_renew", lambda *_: asyncio.sleep(0))
            holding = one.neighbours.holding("a clock")
            await holding.__aenter__()  # and dies
            async with asyncio.timeout(1), other.neighbours.holding("a clock"):
                await holding.__aexit__(None, None, None)  # what another holds by now is not let go
                assert await other.neighbours.is_held("a clock")

    run(scenario)


def test_what_is_held_is_let_go_when_something_fails() -> None:
    async def scenario() -> None:
        async with processes(fresh_url()) as (one,):
            with pytest.raises(ZeroDivisionError):
                async with one.neighbours.holding("a clock"):
                    raise ZeroDivisionError
            assert not await one.neighbours.is_held("a clock")

    run(scenario)


def test_without_a_valkey_nobody_is_joined_and_whoever_asks_is_told_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Valkey(tmp_path) as valkey:
            valkey.kill()
            async with processes(valkey.url) as (one,):
                with pytest.raises(StoreUnavailableError):
                    await one.neighbours.ask(b"who is there", PATIENCE)
                await asyncio.to_thread(valkey.start)
                await until(lambda: one.joined_times == 1)
                assert await one.neighbours.ask(b"who is there", PATIENCE) == []

    run(scenario)


def test_a_user_who_may_not_listen_is_told_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Valkey(tmp_path) as valkey:
            valkey.say("ACL", "SETUSER", "default", "resetchannels")
            async with processes(valkey.url) as (one,):
                with pytest.raises(StoreUnavailableError, match="does not let"):
                    await one.neighbours.ask(b"who is there", PATIENCE)

    run(scenario)

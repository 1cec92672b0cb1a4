"""Mocks that share a Valkey which is killed, slow or full, or whose clocks differ."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from mock_server import resources
from mock_server.domain.clock import SECOND, RealClock, from_iso
from mock_server.stores.redis.commands import Command
from mock_server.stores.redis.connection import Connection
from support.asgi import Answer, call
from support.clocks import SkewedClock
from support.mock import PREFIX, Mock, behaviour, settings
from support.valkey import Valkey, app, apps, fresh_url

ORDER = {"image_generator": "flux-pro", "description_flux_pro": "a fox", "image_number_of_images": 1}
PATIENCE = 2.0


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    async def running() -> Any:
        return await scenario()

    return asyncio.run(running())


async def generate(app: ASGIApp, token: str = "customer", **headers: str) -> Answer:
    return await call(app, "POST", f"{PREFIX}/generate-image", token, ORDER, **headers)


async def check(app: ASGIApp, token: str = "customer") -> Answer:
    return await call(app, "GET", f"{PREFIX}/check-availability", token)


async def world(app: ASGIApp, token: str = "customer", **state: object) -> Any:
    """Return a world, reset to that state if one is given."""
    return (await call(app, "PUT" if state else "GET", f"/_mock/worlds/{token}", body=state or None)).body


async def until(status: int, ask: Callable[[], Awaitable[Answer]]) -> float:
    """Repeat a call until it has that status; return the duration in seconds."""
    loop = asyncio.get_running_loop()
    since = loop.time()
    while (answer := await ask()).status != status:
        assert loop.time() < since + PATIENCE, answer
        await asyncio.sleep(0.01)
    return loop.time() - since


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A Valkey of this test alone, which writes everything to disk before it answers."""
    with Valkey(tmp_path, appendonly="yes", appendfsync="always") as server:
        yield server


class Load:
    """Clients that generate one image after the other. made: the titles in their replies; statuses: of all replies."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token
        self.made: list[str] = []
        self.ids: list[str] = []
        self.statuses: list[int | None] = []
        self.stopped = False

    async def client(self) -> None:
        while not self.stopped:
            answer = await generate(self._app, self._token)
            self.statuses.append(answer.status)
            if answer.status == 200:
                self.made += [image["title"] for image in answer.body["images"]]
                self.ids.append(answer.headers["x-mock-request-id"])
            await asyncio.sleep(0.001)

    async def more(self, count: int) -> None:
        """Wait for `count` more images."""
        enough = len(self.made) + count
        async with asyncio.timeout(5):
            while len(self.made) < enough:  # noqa: ASYNC110 (the clients send no signal)
                await asyncio.sleep(0.005)


def test_no_image_is_lost_or_charged_twice_when_valkey_is_killed_under_load(valkey: Valkey) -> None:
    async def scenario() -> None:
        async with app(valkey.url) as mock:
            loads = [Load(mock, token) for token in ("one", "two")]
            for load in loads:
                await world(mock, load._token, credits=5000, daily_limit=5000)
            clients = [asyncio.ensure_future(load.client()) for load in loads * 4]
            for load in loads:
                await load.more(10)
            valkey.kill()
            await until(503, lambda: check(mock, "one"))
            await asyncio.to_thread(valkey.start)
            assert await until(200, lambda: check(mock, "three")) < 2
            for load in loads:
                await load.more(10)
                load.stopped = True
            await asyncio.gather(*clients)
            await judge(mock, loads)

    run(scenario)


async def judge(mock: ASGIApp, loads: list[Load]) -> None:
    """Compare the final state with the replies to the clients."""
    snapshot = (await call(mock, "GET", "/_mock/snapshot")).body
    kept = {image["title"]: image for each in snapshot["worlds"] for image in each["images"]}
    for load in loads:
        there = await world(mock, load._token)
        unknown = load.statuses.count(503)
        assert set(load.statuses) <= {200, 409, 503}
        assert unknown > 0
        assert there["credits"] == 5000 - there["images"]
        assert there["used_today"] == there["images"]
        assert len(load.made) <= there["images"] <= len(load.made) + unknown
        assert len(set(load.made)) == len(load.made)
        assert set(load.made[-50:]) <= kept.keys()
        assert (await check(mock, load._token)).status == 200
        listed = await call(mock, "GET", f"/_mock/requests?token={load._token}&limit=1000&status=200")
        assert set(load.ids[-400:]) <= {each["id"] for each in listed.body["requests"]}


def test_a_mock_without_its_valkey_replies_at_once_and_recovers(valkey: Valkey) -> None:
    async def scenario() -> None:
        async with app(valkey.url) as mock:
            assert (await generate(mock)).status == 200
            valkey.kill()
            loop = asyncio.get_running_loop()
            since = loop.time()
            calls = [
                generate(mock),
                check(mock),
                call(mock, "GET", "/_mock/health"),
                call(mock, "GET", "/_mock/worlds/customer"),
                call(mock, "PATCH", "/_mock/worlds/customer", body={"credits": 3}),
                call(mock, "GET", "/_mock/requests"),
                call(mock, "GET", "/uploads/any.png"),
            ]
            for answer in await asyncio.gather(*calls):
                assert answer.status == 503
                assert answer.body["message"].startswith("The mock cannot reach its state store: redis://127.0.0.1:")
            assert loop.time() < since + 0.5
            await asyncio.to_thread(valkey.start)
            assert await until(200, lambda: call(mock, "GET", "/_mock/health")) < 2
            assert (await world(mock))["images"] == 1

    run(scenario)


def test_a_slow_valkey_times_out_after_a_second(valkey: Valkey) -> None:
    async def scenario() -> None:
        async with app(valkey.url) as mock:
            assert (await generate(mock)).status == 200
            valkey.say("CLIENT", "PAUSE", 1300)
            loop = asyncio.get_running_loop()
            since = loop.time()
            answers = await asyncio.gather(generate(mock), check(mock), call(mock, "GET", "/_mock/health"))
            assert [answer.status for answer in answers] == [503] * 3
            assert "did not answer for 1 s" in answers[0].body["message"]
            assert 0.9 < loop.time() - since < 1.5
            assert await until(200, lambda: check(mock)) < 2
            assert (await world(mock))["images"] <= 2

    run(scenario)


def test_a_full_valkey_refuses_writes_and_keeps_its_data(valkey: Valkey) -> None:
    async def scenario() -> None:
        async with app(valkey.url) as mock:
            assert (await generate(mock)).status == 200
            valkey.say("CONFIG", "SET", "maxmemory", "1")
            for answer in (await generate(mock), await check(mock)):
                assert answer.status == 503
                assert "has no memory left: give it more (maxmemory)" in answer.body["message"]
            assert (await world(mock))["credits"] == 99
            assert (await call(mock, "POST", "/_mock/reset", body={"token": "other"})).status == 200
            valkey.say("CONFIG", "SET", "maxmemory", "0")
            assert (await generate(mock)).status == 200
            assert (await world(mock))["credits"] == 98

    run(scenario)


def test_a_reply_that_cannot_be_journaled_is_a_503(valkey: Valkey) -> None:
    async def scenario() -> None:
        async with app(valkey.url) as mock:
            assert (await check(mock)).status == 200
            valkey.say("ACL", "SETUSER", "default", "resetkeys", "%R~*", "~aiimage:{[^j]*")
            answer = await check(mock)
            assert answer.status == 503
            assert "does not give that user the permissions it needs" in answer.body["message"]
            valkey.say("ACL", "SETUSER", "default", "~*")
            assert (await check(mock)).status == 200
            assert len((await call(mock, "GET", "/_mock/requests?token=customer")).body["requests"]) == 2

    run(scenario)


@pytest.mark.parametrize("ahead", [5, -5])
def test_the_life_of_a_lock_does_not_depend_on_the_clock_of_a_machine(ahead: float) -> None:
    settled = {"behaves": behaviour(lock_seconds=0.6), "generation_seconds": 30}

    async def scenario() -> None:
        async with apps(fresh_url(), [RealClock(), SkewedClock(ahead)], **settled) as (one, other):
            loop = asyncio.get_running_loop()
            since = loop.time()
            generation = asyncio.ensure_future(generate(one))
            await until(409, lambda: check(one))
            assert (await check(other)).status == 409
            clocks = [from_iso((await world(each))["clock"]["now"]) for each in (one, other)]
            assert 0 <= clocks[1] - clocks[0] < SECOND / 2
            await until(200, lambda: check(other))
            assert 0.5 < loop.time() - since < 1
            generation.cancel()
            await asyncio.wait([generation])

    run(scenario)


def test_the_duration_of_a_generation_does_not_depend_on_the_clock_of_a_machine() -> None:
    async def scenario() -> None:
        clocks = [SkewedClock(5), SkewedClock(-5)]
        async with apps(fresh_url(), clocks, generation_seconds=0.2) as mocks:
            for mock in mocks:
                loop = asyncio.get_running_loop()
                since = loop.time()
                assert (await generate(mock)).status == 200
                assert 0.2 <= loop.time() - since < 0.5

    run(scenario)


def test_mocks_that_share_a_valkey_behave_as_one_service() -> None:
    async def scenario() -> None:
        async with apps(fresh_url(), [RealClock()] * 4, generation_seconds=0.5) as mocks:
            answers = await asyncio.gather(*(generate(mock) for mock in mocks * 5))
            statuses = [answer.status for answer in answers]
            assert (statuses.count(200), statuses.count(409)) == (1, 19)
            for mock in mocks:
                assert (await world(mock))["credits"] == 99
                assert len((await call(mock, "GET", "/_mock/requests?token=customer")).body["requests"]) == 20
                assert (await call(mock, "GET", "/_mock/health")).body["state"] == "redis"
            (made,) = [answer for answer in answers if answer.status == 200]
            output = f"/{made.body['images'][0]['output']}"
            pictures = [(await call(mock, "GET", output)).body for mock in mocks[:2]]
            assert pictures[0].startswith(b"\x89PNG")
            assert pictures[0] == pictures[1]
            number = made.headers["x-mock-request-id"]
            assert (await call(mocks[1], "GET", f"/_mock/requests/{number}")).body["made"] == [output[9:]]

    run(scenario)


def test_one_mock_makes_a_picture_from_an_upload_to_another() -> None:
    form = {
        "image_generator": "stablediffusion",
        "stable_description": "Finer",
        "type": "image-to-image",
        "image_resolution": "320x240",
        "image_number_of_images": "1",
    }
    parts = {name: (None, value) for name, value in form.items()}
    url, source = fresh_url(), next((resources.SCENARIOS.parent / "images").glob("*.png")).read_bytes()
    started_with = settings(state=url, generation_seconds=0)
    with closing(Mock(started_with, RealClock())) as one, closing(Mock(started_with, RealClock())) as two:
        made = one.call("POST", f"{PREFIX}/generate-image", files={**parts, "image_src": ("a.png", source)})
        assert made.status_code == 200, made.text
        pictures = [mock.call("GET", f"/{made.json()['images'][0]['output']}", None) for mock in (one, two)]
    assert pictures[1].status_code == 200
    assert pictures[0].content == pictures[1].content


def test_credits_of_mocks_that_share_a_valkey_are_counted_once() -> None:
    async def scenario() -> None:
        async with apps(fresh_url(), [RealClock()] * 4) as mocks:
            await world(mocks[0], credits=30, daily_limit=1000)

            async def client(mock: ASGIApp) -> list[int | None]:
                return [(await generate(mock)).status for _ in range(10)]

            statuses = [status for each in await asyncio.gather(*map(client, mocks * 2)) for status in each]
            assert set(statuses) <= {200, 409, 419}
            there = await world(mocks[3])
            assert there["images"] == statuses.count(200)
            assert there["credits"] == 30 - statuses.count(200)

    run(scenario)


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the number of commands of each round trip to Valkey."""
    sent: list[int] = []
    exchange = Connection._exchange

    async def recorded(connection: Connection, to: Any, commands: Sequence[Command]) -> list[Any]:
        sent.append(len(commands))
        return await exchange(connection, to, commands)

    monkeypatch.setattr(Connection, "_exchange", recorded)
    return sent


def test_a_read_takes_two_round_trips_and_a_generation_three(trips: list[int]) -> None:
    async def scenario() -> list[int]:
        async with app(fresh_url()) as mock:
            counts = []
            for ask in (check, check, check, generate, generate, check):
                trips.clear()
                assert (await ask(mock)).status == 200
                counts.append(len(trips))
            return counts

    assert run(scenario)[2:] == [2, 3, 3, 2]  # the first connects, and publishes an event that no process receives

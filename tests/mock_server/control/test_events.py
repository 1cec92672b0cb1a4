"""The stream of events of the control API."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from mock_server.app import create_app
from mock_server.domain.accounts import world_name
from mock_server.service import Events
from support.clocks import JumpingClock, settle
from support.control import control_call, control_json
from support.mock import DALL_E, PREFIX, Mock, Start, settings

EventList = list[dict[str, Any]]
Calls = Callable[[httpx.AsyncClient], Awaitable[object]]


class Listener:
    """An ASGI client of GET /_mock/events. It reads unless it is paused."""

    def __init__(self, query: str) -> None:
        self.chunks: list[bytes] = []
        self.head: dict[str, Any] = {}
        self.reading = asyncio.Event()
        self.reading.set()
        self.disconnected = asyncio.Event()
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "method": "GET",
            "path": "/_mock/events",
            "raw_path": b"/_mock/events",
            "query_string": query.encode(),
            "headers": [(b"host", b"127.0.0.1")],
            "scheme": "http",
        }

    async def receive(self) -> dict[str, str]:
        await self.disconnected.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.head = message
        await self.reading.wait()
        self.chunks.append(message.get("body", b""))

    @property
    def events(self) -> EventList:
        lines = b"".join(self.chunks).decode().splitlines()
        return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def listening(query: str, calls: Calls, pause: bool = False) -> Listener:
    """Return a listener after some calls. pause: it does not read while they are made."""

    async def run() -> Listener:
        app = create_app(settings(generation_seconds=0), JumpingClock())
        listener = Listener(query)
        task = asyncio.ensure_future(app(listener.scope, listener.receive, listener.send))
        await settle()
        if pause:
            listener.reading.clear()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            await calls(client)
        await settle()
        listener.reading.set()
        await settle()
        for _ in range(50 if pause else 0):
            await settle()
        listener.disconnected.set()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)
        return listener

    return asyncio.run(run())


async def versions(client: httpx.AsyncClient, token: str = "demo") -> httpx.Response:
    return await client.get(f"{PREFIX}/versions", headers={"Authorization": f"Bearer {token}"})


async def generate(client: httpx.AsyncClient, token: str = "demo") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return await client.post(f"{PREFIX}/generate-image", headers=headers, json=DALL_E)


def test_a_stream_starts_with_a_comment_and_is_never_cached() -> None:
    async def nothing(client: httpx.AsyncClient) -> None:
        del client

    listener = listening("", nothing)
    headers = dict(listener.head["headers"])
    assert listener.head["status"] == 200
    assert headers[b"content-type"].startswith(b"text/event-stream")
    assert headers[b"cache-control"] == b"no-store"
    assert listener.chunks[1] == b": listening\n\n"


def test_no_event_after_the_headers_is_missed() -> None:
    async def run() -> EventList:
        app = create_app(settings(), JumpingClock())
        listener = Listener("")
        send = listener.send

        async def changing(message: Any) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
                    await client.patch("/_mock/worlds/demo", json={"credits": 1})

        task = asyncio.ensure_future(app(listener.scope, listener.receive, changing))
        await settle()
        listener.disconnected.set()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)
        return listener.events

    assert [each["type"] for each in asyncio.run(run())] == ["world"]


def test_a_request_event_matches_its_journal_entry() -> None:
    found: dict[str, Any] = {}

    async def calls(client: httpx.AsyncClient) -> None:
        found["id"] = (await generate(client, "demo-empty")).headers["x-mock-request-id"]

    assert listening("", calls).events[-1] == {
        "type": "request",
        "world": world_name("demo-empty"),
        "id": found["id"],
        "operation": "generateImage",
        "status": 419,
        "rule": "CREDIT-419",
    }


def test_events_are_in_order() -> None:
    async def calls(client: httpx.AsyncClient) -> None:
        await generate(client)
        await client.patch("/_mock/worlds/demo", json={"credits": 1})
        await client.delete("/_mock/worlds/demo")
        await client.post("/_mock/reset")

    events = listening("", calls).events
    assert [each["type"] for each in events] == ["world", "request", "world", "reset", "reset"]
    assert [each["world"] for each in events] == [world_name("demo")] * 4 + [None]


def test_a_listener_of_one_token_gets_only_its_events() -> None:
    async def calls(client: httpx.AsyncClient) -> None:
        await generate(client, "another")
        await client.get(f"{PREFIX}/versions")
        await client.get("/uploads/nothing.png")
        await client.patch("/_mock/worlds/another", json={"credits": 1})
        await client.delete("/_mock/worlds/another")
        await versions(client, "demo")
        await client.patch("/_mock/worlds/demo", json={"credits": 1})
        await client.delete("/_mock/worlds/demo")
        await client.post("/_mock/reset")

    events = listening("token=demo", calls).events
    assert [each["type"] for each in events] == ["request", "world", "reset", "reset"]
    assert {each["world"] for each in events} == {world_name("demo"), None}


def test_an_import_is_an_event_for_all() -> None:
    async def calls(client: httpx.AsyncClient) -> None:
        snapshot = (await client.get("/_mock/snapshot")).json()
        await client.put("/_mock/snapshot", json=snapshot)

    assert listening("token=demo", calls).events == [{"type": "reset", "world": None}]


def test_a_slow_listener_gets_the_number_of_lost_events() -> None:
    async def calls(client: httpx.AsyncClient) -> None:
        for _ in range(1_203):
            await versions(client)

    events = listening("", calls, pause=True).events
    lost = [each for each in events if each["type"] == "lost"]
    assert len(lost) == 1
    assert len(events) - 1 + lost[0]["events"] == 1_203
    assert 1_000 <= len(events) - 1 <= 1_001


def test_a_listener_of_one_token_loses_no_events_to_others() -> None:
    async def calls(client: httpx.AsyncClient) -> None:
        await versions(client, "demo")
        for _ in range(1_203):
            await versions(client, "another")

    assert [each["type"] for each in listening("token=demo", calls, pause=True).events] == ["request"]


def test_a_closed_listener_is_removed() -> None:
    async def run() -> list[bool]:
        events = Events()
        listening = events.listen(10)
        seen = [events.wanted]
        await anext(listening)
        seen.append(events.wanted)
        await listening.aclose()
        return [*seen, events.wanted]

    assert asyncio.run(run()) == [False, True, False]


def test_the_buffer_of_a_listener_is_bounded() -> None:
    async def run() -> list[Any]:
        events = Events()
        listening = events.listen(10)
        await anext(listening)
        for number in range(5_000):
            events.publish("world", "a-world", number=number)
        return [await anext(listening) for _ in range(1_001)]

    lost, *kept = asyncio.run(run())
    assert lost == {"type": "lost", "world": None, "events": 4_000}
    assert [each["number"] for each in kept] == list(range(4_000, 5_000))


def test_a_listener_gets_keepalives() -> None:
    async def run() -> object:
        listening = Events().listen(0.001)
        await anext(listening)
        return await anext(listening)

    assert asyncio.run(run()) is None


@pytest.mark.parametrize(("query", "status"), [("?token=demo-invalid", 404), ("?token=", 422), ("?tokn=demo", 422)])
def test_an_invalid_token_cannot_listen(mock: Mock, query: str, status: int) -> None:
    assert control_call(mock, "GET", f"/events{query}").status_code == status


def test_head_does_not_listen(start: Start) -> None:
    mock = start()
    reply = control_call(mock, "HEAD", "/events")
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert control_json(mock, "GET", "/health")["status"] == "ok"


def test_gathered_events_are_one_whatever_the_traffic() -> None:
    async def calls(client: httpx.AsyncClient) -> None:
        await generate(client)
        for _ in range(400):
            await versions(client, "reader")
        await client.post("/_mock/reset", json={"token": "demo-low"})

    events = listening("gather=0.01", calls).events
    assert {each["type"] for each in events} == {"changes"}
    assert len(events) < 100
    requests: Counter[str] = Counter()
    for each in events:
        requests.update(each["requests"])
    assert requests == {world_name("demo"): 1, world_name("reader"): 400}
    assert {name for each in events for name in each["worlds"]} == {world_name("demo")}
    assert [name for each in events for name in each["resets"]] == [world_name("demo-low")]


def test_gathered_events_name_a_hundred_worlds_at_most() -> None:
    async def calls(client: httpx.AsyncClient) -> None:
        for number in range(150):
            await versions(client, f"reader-{number}")

    events = listening("gather=60", calls).events
    assert len(events) == 1 or events[1]["more"]
    assert all(len(each["requests"]) <= 100 for each in events)


@pytest.mark.parametrize("gather", ["-1", "61", "x", "1.5000", "1e3"])
def test_an_invalid_time_to_gather_is_422(mock: Mock, gather: str) -> None:
    refused = control_call(mock, "GET", f"/events?gather={gather}")
    assert (refused.status_code, "gather takes seconds" in refused.json()["message"]) == (422, True)

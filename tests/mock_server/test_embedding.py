"""The mock embedded in another program: a socket and an ASGI application, for clients in any event loop."""

import asyncio
import gc
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server import embedding
from mock_server.client import Control, MockWorld
from mock_server.embedding import EmbeddedServer, default_settings

FOX = {"image_generator": "flux-pro", "description_flux_pro": "A fox", "image_number_of_images": 1}
TEAPOT = Path(__file__).parents[2] / "fixtures" / "images" / "teapot.png"
GENERATE = "/aiimage/generate-image"


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with EmbeddedServer(default_settings()) as served:
        yield served


@pytest.fixture
def world(server: EmbeddedServer, request: pytest.FixtureRequest) -> MockWorld:
    made = MockWorld(Control(server.origin), request.node.name)
    made.begin()
    return made


def client(server: EmbeddedServer, world: MockWorld) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(server.app)
    return httpx.AsyncClient(transport=transport, base_url=world.base_url, headers=world.headers)


async def generation_running(world: MockWorld) -> None:
    """Wait until a generation runs."""
    while not world.state["running"]:  # noqa: ASYNC110 (the mock has no event for it)
        await asyncio.sleep(0)


def test_it_answers_on_a_port_of_loopback(server: EmbeddedServer, world: MockWorld) -> None:
    assert server.origin.startswith("http://127.0.0.1:")
    assert httpx.post(world.base_url + GENERATE, json=FOX, headers=world.headers).status_code == 200


def test_calls_from_several_loops_are_answered(server: EmbeddedServer, world: MockWorld) -> None:
    async def twice() -> list[int]:
        async with client(server, world) as http:
            replies = await asyncio.gather(http.post(GENERATE, json=FOX), http.get("/aiimage/versions"))
            return [each.status_code for each in replies]

    assert [asyncio.run(twice()), anyio.run(twice), asyncio.run(twice())] == [[200, 200]] * 3
    assert world.state["credits"] == 97


@pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
def test_calls_from_starlettes_test_client_are_answered(server: EmbeddedServer, world: MockWorld) -> None:
    from starlette.testclient import TestClient

    with TestClient(server.app, base_url=world.base_url) as http:
        assert http.post(GENERATE, json=FOX, headers=world.headers).json()["status"] == "success"


def test_an_upload_arrives_complete(server: EmbeddedServer, world: MockWorld) -> None:
    fields = {
        "image_generator": "stablediffusion",
        "type": "upscale",
        "stable_description": "sharper",
        "image_resolution": "512x512",
        "image_number_of_images": "1",
    }
    upload = TEAPOT.read_bytes()

    async def scene() -> int:
        async with client(server, world) as http:
            return (await http.post(GENERATE, data=fields, files={"image_src": ("teapot.png", upload)})).status_code

    assert asyncio.run(scene()) == 200


def test_a_broken_connection_is_a_connection_reset_error(server: EmbeddedServer, world: MockWorld) -> None:
    world.fault("drop")

    async def scene() -> None:
        async with client(server, world) as http:
            await http.get("/aiimage/versions")

    with pytest.raises(ConnectionResetError, match="a fault broke the connection"):
        asyncio.run(scene())


def scope(world: MockWorld, method: str, path: str) -> Scope:
    headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {world.token}".encode())]
    plain = {"type": "http", "method": method, "path": path, "query_string": b"", "root_path": ""}
    return {**plain, "headers": headers, "server": ("127.0.0.1", 80), "scheme": "http", "http_version": "1.1"}


async def call(app: ASGIApp, request: Scope, *received: Message) -> list[Message]:
    """Return the messages that the client gets before the connection breaks."""
    left, sent = list(received), []

    async def receive() -> Message:
        return left.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    with suppress(ConnectionResetError):
        await app(request, receive, send)
    return sent


def test_the_messages_before_the_connection_breaks_are_delivered(server: EmbeddedServer, world: MockWorld) -> None:
    world.fault("truncated-body", bytes=5)
    request = scope(world, "GET", "/api/v1/aiimage/versions")
    start, body = asyncio.run(call(server.app, request, {"type": "http.request"}))
    assert (start["status"], len(body["body"]), body["more_body"]) == (200, 5, True)


def test_a_client_that_disconnects_during_its_body_gets_no_response(server: EmbeddedServer, world: MockWorld) -> None:
    request = scope(world, "POST", "/api/v1" + GENERATE)
    begun: Message = {"type": "http.request", "body": b"{", "more_body": True}
    assert asyncio.run(call(server.app, request, begun, {"type": "http.disconnect"})) == []


def test_the_clock_can_be_moved_while_the_clients_loop_is_blocked(
    server: EmbeddedServer, world: MockWorld, caplog: pytest.LogCaptureFixture
) -> None:
    world.begin(generation_time=8)
    world.clock.freeze()

    async def scene() -> httpx.Response:
        async with client(server, world) as http:
            generation = asyncio.create_task(http.post(GENERATE, json=FOX))
            await asyncio.sleep(0)
            await generation_running(world)
            world.clock.advance_to("generation-end")
            assert not generation.done()
            assert world.state["credits"] == 99
            return await generation

    assert asyncio.run(scene()).status_code == 200
    assert caplog.records == []


def test_a_cancelled_client_is_charged(server: EmbeddedServer, world: MockWorld) -> None:
    world.begin(generation_time=8)
    world.clock.freeze()

    async def scene() -> None:
        async with client(server, world) as http:
            generation = asyncio.create_task(http.post(GENERATE, json=FOX))
            await generation_running(world)
            generation.cancel()
            with suppress(asyncio.CancelledError):
                await generation

    asyncio.run(scene())
    assert world.state["running"] == 1
    world.clock.advance_to("generation-end")
    assert (world.state["credits"], world.state["images"]) == (99, 1)


def test_an_exception_of_the_application_is_raised_in_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(request: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError("broken")

    monkeypatch.setattr(embedding, "create_app", lambda settings: broken)
    request: Scope = {"type": "http"}
    with EmbeddedServer(default_settings()) as server, pytest.raises(ZeroDivisionError, match="broken"):
        asyncio.run(call(server.app, request, {"type": "http.request"}))


@contextmanager
def clean_end(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Assert that the block leaves no thread, no open socket and no warning behind."""
    before = set(threading.enumerate())
    with caplog.at_level(logging.INFO):
        yield
    gc.collect()
    assert set(threading.enumerate()) == before
    assert [each for each in caplog.records if each.levelno > logging.INFO] == []


def test_an_unused_server_leaves_nothing_behind(caplog: pytest.LogCaptureFixture) -> None:
    with clean_end(caplog), EmbeddedServer(default_settings()):
        pass


def test_an_idle_connection_does_not_delay_the_end(caplog: pytest.LogCaptureFixture) -> None:
    with clean_end(caplog), httpx.Client() as http, EmbeddedServer(default_settings()) as server:
        assert http.get(f"{server.origin}/_mock/health").status_code == 200


def frozen_world(server: EmbeddedServer, **state: Any) -> MockWorld:
    """Return a world whose clock stays frozen."""
    world = MockWorld(Control(server.origin), "frozen")
    world.begin(**state)
    world.clock.freeze()
    return world


def test_a_generation_that_waits_for_a_frozen_clock_is_cancelled_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    with clean_end(caplog), ThreadPoolExecutor() as threads:
        with EmbeddedServer(default_settings()) as server:
            world = frozen_world(server, generation_time=8)
            url = world.base_url + GENERATE
            reply = threads.submit(httpx.post, url, json=FOX, headers=world.headers, timeout=30)
            asyncio.run(generation_running(world))
        with pytest.raises(httpx.TransportError):
            reply.result()


def test_a_generation_in_this_process_is_answered_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    async def scene(server: EmbeddedServer, world: MockWorld) -> int:
        async with client(server, world) as http:
            return (await http.post(GENERATE, json=FOX)).status_code

    with clean_end(caplog), ThreadPoolExecutor() as threads:
        with EmbeddedServer(default_settings()) as server:
            world = frozen_world(server, generation_time=8)
            reply = threads.submit(asyncio.run, scene(server, world))
            asyncio.run(generation_running(world))
        assert reply.result() == 503


def test_a_body_that_waits_for_a_frozen_clock_is_cut_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    with clean_end(caplog), httpx.Client() as http:
        with EmbeddedServer(default_settings()) as server:
            world = frozen_world(server)
            world.fault("slow-body")
            request = http.build_request("GET", f"{world.base_url}/aiimage/versions", headers=world.headers)
            reply = http.send(request, stream=True)
        with pytest.raises(httpx.TransportError):
            reply.read()


def test_an_event_stream_does_not_delay_the_end(caplog: pytest.LogCaptureFixture) -> None:
    with clean_end(caplog), httpx.Client() as http:
        with EmbeddedServer(default_settings()) as server:
            listening = http.send(http.build_request("GET", f"{server.origin}/_mock/events"), stream=True)
        listening.close()

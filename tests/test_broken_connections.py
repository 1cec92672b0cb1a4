"""Broken connections, observed by the client over a real socket."""

import json
import socket
import struct
from contextlib import closing
from typing import Any

import httpx
import pytest

from mock_server.client import Control, MockWorld
from support.server import Server

BODY = json.dumps(
    {"image_generator": "flux-pro", "description_flux_pro": "a fox", "image_number_of_images": 1}
).encode()


@pytest.fixture
def world(server: Server, request: pytest.FixtureRequest) -> MockWorld:
    world = MockWorld(Control(server.origin), f"broken-{request.node.name}")
    world.begin(generation_time=0)
    return world


def connected(server: Server) -> socket.socket:
    return socket.create_connection((server.host, server.port), timeout=10)


def request(world: MockWorld, fault: str | None = None, method: str = "POST", name: str = "generate-image") -> bytes:
    head = f"{method} /api/v1/aiimage/{name} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {world.token}\r\n"
    head += f"X-Mock-Fault: {fault}\r\n" if fault else ""
    body = BODY if method == "POST" else b""
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def received(connection: socket.socket) -> bytes:
    """Return all bytes until the connection is closed."""
    data = bytearray()
    while chunk := connection.recv(65536):
        data += chunk
    return bytes(data)


def only(requests: list[dict[str, Any]]) -> dict[str, Any]:
    (entry,) = requests
    return entry


def test_a_dropped_connection_is_closed_without_a_byte(server: Server, world: MockWorld) -> None:
    with closing(connected(server)) as connection:
        connection.sendall(request(world, "drop"))
        assert received(connection) == b""
    assert only(world.requests())["status"] is None


def test_a_reset_connection_is_reset(server: Server, world: MockWorld) -> None:
    with closing(connected(server)) as connection:
        connection.sendall(request(world, "reset"))
        with pytest.raises(ConnectionResetError):
            received(connection)


@pytest.mark.parametrize(("point", "sent"), [("headers-sent", 0), ("half-body", 0.5)])
def test_a_cut_reply_declares_the_length_of_the_complete_one(
    server: Server, world: MockWorld, point: str, sent: float
) -> None:
    with closing(connected(server)) as connection:
        connection.sendall(request(world, f"lost-response;at={point}"))
        head, _, body = received(connection).partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    assert head.startswith(b"HTTP/1.1 200")
    assert len(body) == int(length * sent)
    assert (only(world.requests())["complete"], world.state["credits"]) == (False, 99)


@pytest.mark.parametrize("fault", ["drop", "lost-response;at=locked", "lost-response;at=recorded", "truncated-body"])
def test_a_client_library_reports_a_broken_connection(server: Server, world: MockWorld, fault: str) -> None:
    headers = {**world.headers, "X-Mock-Fault": fault, "Content-Type": "application/json"}
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{server.base_url}/aiimage/generate-image", headers=headers, content=BODY)


def test_a_slow_body_arrives_complete(server: Server, world: MockWorld) -> None:
    headers = {**world.headers, "X-Mock-Fault": "slow-body;seconds=0.2;parts=4"}
    assert httpx.get(f"{server.base_url}/aiimage/versions", headers=headers).json()["dall-e"] == "dalle3"


def test_a_server_continues_after_broken_connections(server: Server, world: MockWorld) -> None:
    for fault in ("drop", "reset", "truncated-body", "lost-response;at=locked") * 5:
        with closing(connected(server)) as connection:
            connection.sendall(request(world, fault))
    assert httpx.get(f"{server.base_url}/aiimage/versions", headers=world.headers).status_code == 200
    assert "Traceback" not in server.log()
    assert "ASGI callable returned" not in server.log()


def test_a_generation_completes_after_its_client_disconnects(server: Server, world: MockWorld) -> None:
    world.change(generation_time=5)
    world.clock.freeze()
    with closing(connected(server)) as connection:
        connection.sendall(request(world))
        while not world.state["running"]:
            pass
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    for _ in range(3):  # round trips, in which the server notices
        assert world.state["running"] == 1
    world.clock.advance_to("generation-end")
    entry = only(world.requests())
    assert (entry["status"], entry["complete"], len(entry["made"])) == (200, False, 1)
    assert world.state["credits"] == 99

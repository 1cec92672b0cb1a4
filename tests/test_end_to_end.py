"""The mock as a process, over real HTTP and in real time."""

import asyncio
import io
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from support.examples import examples
from support.mock import DALL_E
from support.server import Server


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client() as shared:
        yield shared


def post(
    client: httpx.Client, server: Server, token: str, headers: Mapping[str, str] | None = None, **body: Any
) -> httpx.Response:
    url = f"{server.base_url}/aiimage/generate-image"
    return client.post(url, headers={"Authorization": f"Bearer {token}", **(headers or {})}, timeout=30, **body)


async def burst(server: Server, tokens: list[str]) -> Counter[int]:
    """Generate once with each token, all at once; return the number of each status."""
    url = f"{server.base_url}/aiimage/generate-image"
    async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=len(tokens))) as client:
        calls = [client.post(url, json=dict(DALL_E), headers={"Authorization": f"Bearer {each}"}) for each in tokens]
        replies = await asyncio.gather(*calls)
        return Counter(reply.status_code for reply in replies)


def test_the_documented_call_makes_a_valid_picture(client: httpx.Client, server: Server) -> None:
    reply = post(client, server, "e2e-documented", json={**DALL_E, "size": "1024x1024"})
    assert reply.status_code == 200
    output = reply.json()["images"][0]["output"]
    picture = httpx.get(f"{server.origin}/{output}")
    assert Image.open(io.BytesIO(picture.content)).size == (1024, 1024)


def test_one_of_twenty_simultaneous_calls_with_one_token_is_served_and_charged(server: Server) -> None:
    statuses = asyncio.run(burst(server, ["e2e-one"] * 20))
    assert statuses == {200: 1, 409: 19}
    assert httpx.get(f"{server.origin}/_mock/worlds/e2e-one").json()["credits"] == 99


def test_simultaneous_calls_with_twenty_tokens_are_all_served(server: Server) -> None:
    assert asyncio.run(burst(server, [f"e2e-many-{number}" for number in range(20)])) == {200: 20}


def exchange(server: Server, request: bytes) -> bytes:
    """Send raw bytes and return the whole response."""
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
        return received


HEAD = (
    b"POST /api/v1/aiimage/generate-image HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer e2e-raw\r\n"
)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"no HTTP at all\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
        HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 99999999999\r\n\r\n{",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
        HEAD + b"Content-Type: application/json\r\nContent-Length: 1\r\n\r\n{",
    ],
)
def test_hostile_requests_are_answered_with_4xx_in_json(server: Server, request_bytes: bytes) -> None:
    reply = exchange(server, request_bytes)
    assert reply.startswith(b"HTTP/1.1 4")
    assert b"content-type: application/json\r\n" in reply
    assert reply.endswith(b"}")


def test_a_client_that_disconnects_during_its_body_affects_no_other_client(server: Server) -> None:
    assert exchange(server, HEAD + b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{") == b""
    assert httpx.get(f"{server.origin}/_mock/health").status_code == 200


def test_a_client_that_disconnects_during_its_generation_is_charged_and_the_lock_is_released(server: Server) -> None:
    token = {"Authorization": "Bearer e2e-gone"}
    with httpx.Client(headers=token) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post(f"{server.base_url}/aiimage/generate-image", json=dict(DALL_E), timeout=0.3)
        while client.get(f"{server.base_url}/aiimage/check-availability").status_code == 409:
            pass
        assert len(client.get(f"{server.base_url}/aiimage/recent-images").json()) == 1
    assert httpx.get(f"{server.origin}/_mock/worlds/e2e-gone").json()["credits"] == 99


@settings(max_examples=examples(500), deadline=None)
@given(
    body=st.binary(max_size=200),
    content_type=st.sampled_from(["application/json", "multipart/form-data; boundary=x", "text/plain"])
    | st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
)
def test_any_body_is_answered(client: httpx.Client, server: Server, body: bytes, content_type: str) -> None:
    reply = post(client, server, "e2e-fuzz", content=body, headers={"Content-Type": content_type})
    assert reply.status_code == 422
    assert reply.json().keys() == {"message", "errors"}

"""The mock ends at once and without an error after Ctrl-C or SIGTERM, with any kind of client connected."""

import io
import json
import random
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic

import httpx
import pytest
from PIL import Image

from support.server import Server
from support.valkey import fresh_url

BODY = b'{"image_generator":"flux-pro","description_flux_pro":"x","image_number_of_images":1}'
HEADERS = b"Host: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
POST = b"POST /api/v1/aiimage/generate-image HTTP/1.1\r\n" + HEADERS + b"Content-Type: application/json\r\n"
CLIENTS = {
    "idle": b"GET /api/v1/aiimage/versions HTTP/1.1\r\n" + HEADERS + b"\r\n",
    "events": b"GET /_mock/events HTTP/1.1\r\n" + HEADERS + b"\r\n",
    "generation": POST + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY,
    "upload": POST + b"Content-Length: 100\r\n\r\n{",
    "upload to the control API": b"PUT /_mock/snapshot HTTP/1.1\r\n" + HEADERS + b"Content-Length: 100\r\n\r\n{",
    "half a head": b"GET /api/v1/aiim",
    "half a reply": b"GET /api/v1/aiimage/recent-images HTTP/1.1\r\n"
    + HEADERS
    + b"X-Mock-Fault: slow-body;seconds=60\r\n\r\n",
}
# It takes 0.7 s on an idle machine, and more on a busy one; the generation would take twice as long.
MAX_SECONDS = 30
STARTED = ("idle", "events", "half a reply")
WAITING = ("generation", "upload", "upload to the control API")


@contextmanager
def connected(server: Server, kind: str) -> Iterator[socket.socket]:
    """Yield a connection whose client has sent its bytes and read the first part of the reply."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(60)
        connection.connect((server.host, server.port))
        connection.sendall(CLIENTS[kind].replace(b"%s", b"ending"))
        if kind in STARTED:
            assert connection.recv(1024).startswith(b"HTTP/1.1 200")
        if kind == "generation":
            while not httpx.get(f"{server.origin}/_mock/worlds/ending").json()["running"]:
                pass
        httpx.get(f"{server.origin}/_mock/health")  # the server has read all that was sent before this
        yield connection


def rest(connection: socket.socket) -> bytes:
    """Return the remaining bytes."""
    received = b""
    try:
        while chunk := connection.recv(65_536):
            received += chunk
    except ConnectionResetError:
        pass
    return received


def seconds_to_end(server: Server, number: signal.Signals) -> float:
    """Send a signal and return the seconds until the server ends with status 0."""
    since = monotonic()
    server.process.send_signal(number)
    assert server.process.wait(60) == 0
    return monotonic() - since


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("workers", [1, 2])
def test_all_kinds_of_clients_at_once(number: signal.Signals, workers: int) -> None:
    shared = ("--workers", str(workers), "--state", fresh_url()) if workers > 1 else ()
    with Server("--generation-time", "60", *shared) as server, ExitStack() as stack:
        clients = {kind: stack.enter_context(connected(server, kind)) for kind in CLIENTS}
        assert seconds_to_end(server, number) < MAX_SECONDS
        replies = {kind: rest(clients[kind]) for kind in WAITING}
        for reply in replies.values():
            assert reply.startswith(b"HTTP/1.1 503")
            assert json.loads(reply.partition(b"\r\n\r\n")[2]) == {"message": "The mock is stopping."}
        lines = sorted(" ".join(line.split()[2:]) for line in server.log().splitlines())
        assert lines == [
            "GET /api/v1/aiimage/recent-images 200 fault:slow-body",
            "GET /api/v1/aiimage/versions 200",
            "POST /api/v1/aiimage/generate-image 503",
            "POST /api/v1/aiimage/generate-image 503",
        ]


@pytest.mark.parametrize("kind", CLIENTS)
def test_one_client_of_a_kind(kind: str) -> None:
    with Server("--generation-time", "60") as server, connected(server, kind):
        assert seconds_to_end(server, signal.SIGTERM) < MAX_SECONDS
        assert "Traceback" not in server.log()
        assert all(" /" in line for line in server.log().splitlines())


@pytest.mark.slow
def test_a_client_that_does_not_read_a_large_reply() -> None:
    noise = io.BytesIO()
    Image.frombytes("RGB", (1200, 1200), random.Random(7).randbytes(3 * 1200 * 1200)).save(noise, "PNG")
    form = {
        "image_generator": "stablediffusion",
        "stable_description": "noise",
        "type": "image-to-image",
        "image_resolution": "64x64",
        "image_number_of_images": "1",
    }
    with Server("--generation-time", "0") as server:
        url = f"{server.base_url}/aiimage/generate-image"
        for tail in (b"1", b"2"):  # two sources are more than all buffers between server and client
            files = {"image_src": ("noise.png", noise.getvalue() + tail, "image/png")}
            httpx.post(url, data=form, files=files, headers={"Authorization": "Bearer ending"}).raise_for_status()
        with socket.create_connection((server.host, server.port), timeout=5) as client:
            client.sendall(b"GET /_mock/snapshot HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert client.recv(1)
            assert seconds_to_end(server, signal.SIGTERM) < MAX_SECONDS
            assert len(server.log().splitlines()) == 2
            assert len(rest(client)) < len(noise.getvalue()) * 2


def test_without_clients_it_ends_without_output() -> None:
    with Server() as server:
        assert seconds_to_end(server, signal.SIGINT) < MAX_SECONDS
        assert server.log() == ""

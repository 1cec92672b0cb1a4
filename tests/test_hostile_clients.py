"""Hostile clients over real sockets: the mock replies or disconnects, continues to serve, and its memory stays bounded.

Over all these tests it may hold at most `MAX_GROWTH_BYTES` more than before.
"""

import contextlib
import json
import random
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from pathlib import Path

import httpx
import pytest

from support.server import Server

MAX_GROWTH_BYTES = 96 * 2**20
LARGE_BODIES = 3
SEED = 20260226
FORM = (
    b"POST /api/v1/aiimage/generate-image HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer hostile\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\n"
)
CHUNKED = FORM + b"Transfer-Encoding: chunked\r\n\r\n"
PART = b'--x\r\nContent-Disposition: form-data; name="image_src"; filename="a.png"\r\n\r\n'
JSON_BODY = b'{"image_generator":"flux-pro","description_flux_pro":"x","image_number_of_images":1}'
GENERATE = (
    b"POST /api/v1/aiimage/generate-image HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer hostile\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(JSON_BODY), JSON_BODY)
)
HEALTH = b"GET /_mock/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def memory(server: Server, kind: str) -> int:
    """Return the memory of the server's process, now ("VmRSS") or at its peak ("VmHWM"), in bytes; 0 beyond Linux."""
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        return 0
    return int(re.findall(rf"{kind}:\s+(\d+) kB", status.read_text())[0]) * 1024


@pytest.fixture(scope="module")
def bounded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, int]]:
    """A mock that has served a request, and its memory after that."""
    behaviour = tmp_path_factory.mktemp("hostile") / "behaviour.yaml"
    behaviour.write_text(f"max_large_bodies: {LARGE_BODIES}\ncredits_per_image: 0\n")
    with Server("--generation-time", "0", "--behaviour", str(behaviour)) as server:
        assert b"HTTP/1.1 200" in exchange(server, [GENERATE])
        yield server, memory(server, "VmRSS")


@pytest.fixture
def victim(bounded: tuple[Server, int]) -> Iterator[Server]:
    """A mock that must be healthy when the test ends."""
    server, before = bounded
    yield server
    assert server.process.poll() is None, server.log()
    assert httpx.get(f"{server.origin}/_mock/health", timeout=30).json()["status"] == "ok"
    assert memory(server, "VmHWM") - before < MAX_GROWTH_BYTES


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A mock that gives its clients very little time."""
    behaviour = tmp_path_factory.mktemp("impatient") / "behaviour.yaml"
    behaviour.write_text("client_seconds: 0.05")
    with Server("--generation-time", "0.2", "--behaviour", str(behaviour)) as server:
        yield server


def connect(server: Server) -> socket.socket:
    return socket.create_connection((server.host, server.port), timeout=30)


def send_all(connection: socket.socket, pieces: Iterable[bytes]) -> None:
    with contextlib.suppress(OSError):
        for piece in pieces:
            connection.sendall(piece)


def exchange(server: Server, pieces: Iterable[bytes]) -> bytes:
    """Send all pieces in a thread; return the first complete reply, or b"" for none."""
    with connect(server) as connection:
        threading.Thread(target=send_all, args=(connection, pieces), daemon=True).start()
        reply = b""
        with contextlib.suppress(ConnectionError):
            while not is_complete(reply) and (received := connection.recv(65_536)):
                reply += received
        return reply


def first_reply(impatient: Server, pieces: Callable[[], Iterable[bytes]]) -> bytes:
    """Return a reply; retry if the server closed the connection before the first byte."""
    replies = (exchange(impatient, pieces()) for _ in range(100))
    return next(filter(None, replies), b"")


def is_complete(reply: bytes) -> bool:
    length = re.search(rb"content-length: (\d+)", reply)
    return bool(length) and len(reply.partition(b"\r\n\r\n")[2]) >= int(length[1] if length else 0)


def status_of(reply: bytes) -> int:
    """Return the status of a reply, which must be JSON with a message."""
    head, _, body = reply.partition(b"\r\n\r\n")
    assert json.loads(body)["message"]
    return int(head.split()[1])


NOISE = random.Random(SEED).randbytes(65_536).hex().encode()
ENDLESS = {
    "header value": (431, b"GET / HTTP/1.1\r\na: ", NOISE),
    "header name": (431, b"GET / HTTP/1.1\r\n", NOISE),
    "headers": (431, b"GET / HTTP/1.1\r\n", b"a: b\r\n" * 10_000),
    "address": (431, b"GET /", NOISE),
    "query": (431, b"GET /?", NOISE),
    "blank lines": (431, b"", b"\r\n" * 10_000),
    "trailer": (431, CHUNKED + b"1\r\nx\r\n0\r\na: ", NOISE),
    "trailers": (431, CHUNKED + b"1\r\nx\r\n0\r\n", b"a: b\r\n" * 10_000),
    "chunk extension": (431, CHUNKED + b"1;", NOISE),
    "chunks": (413, CHUNKED, b"10000\r\n" + b"x" * 65_536 + b"\r\n"),
    "not http": (400, b"\x16\x03\x01\x02", b"\0" * 65_536),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_an_endless_request_is_4xx_in_json(victim: Server, name: str) -> None:
    status, head, piece = ENDLESS[name]
    assert status_of(exchange(victim, [head, *repeat(piece, 2000)])) == status


def test_a_hundred_thousand_headers_are_431(victim: Server) -> None:
    headers = b"".join(b"a%d: b\r\n" % number for number in range(100_000))
    assert status_of(exchange(victim, [b"GET / HTTP/1.1\r\n" + headers + b"\r\n"])) == 431


def test_twelve_megabytes_of_part_headers_are_422(victim: Server) -> None:
    body = b"--x\r\n" + b"A: b\r\n" * 2_000_000
    head = FORM + b"Content-Length: %d\r\n\r\n" % len(body)
    assert status_of(exchange(victim, [head, body])) == 422


def test_a_body_longer_than_declared_gets_one_reply_and_its_rest_is_ignored(victim: Server) -> None:
    with connect(victim) as connection:
        send_all(connection, [GENERATE + NOISE])
        reply = b""
        with contextlib.suppress(ConnectionError):
            while received := connection.recv(65_536):
                reply += received
    assert reply.count(b"HTTP/1.1 ") == 1
    assert reply.startswith(b"HTTP/1.1 200")


def test_pipelined_requests_are_all_answered(victim: Server) -> None:
    count = 5_000
    with connect(victim) as connection:
        threading.Thread(target=send_all, args=(connection, [HEALTH * count]), daemon=True).start()
        replies = b""
        while replies.count(b"HTTP/1.1 200") < count and (received := connection.recv(65_536)):
            replies += received
    assert replies.count(b"HTTP/1.1 ") == count


def test_pipelined_requests_of_a_client_that_does_not_read_are_not_buffered(victim: Server) -> None:
    with connect(victim) as connection:
        connection.settimeout(0.05)
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < 2**26:
                sent += connection.send(HEALTH * 5_000)
        assert sent < 2**26


def test_two_hundred_silent_connections_do_not_block_a_request(victim: Server) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(connect(victim))
        assert is_complete(exchange(victim, [HEALTH]))


def test_many_unfinished_large_bodies_use_little_memory(victim: Server) -> None:
    """`LARGE_BODIES` of 11 MiB are read; of each of the others about one read, and the rest stays with its client."""
    size = 11 * 2**20
    head = FORM + b"Content-Length: %d\r\n\r\n" % size + PART
    with contextlib.ExitStack() as stack:
        for _ in range(30):
            connection = stack.enter_context(connect(victim))
            connection.settimeout(0.05)
            with contextlib.suppress(TimeoutError):
                connection.sendall(head + b"x" * (size - 1000))
        assert is_complete(exchange(victim, [HEALTH]))
        assert b"HTTP/1.1 200" in exchange(victim, [GENERATE])


@pytest.mark.parametrize("reset", [True, False])
def test_a_client_can_disconnect_at_any_point(victim: Server, reset: bool) -> None:
    for cut in range(len(GENERATE) + 1):
        with connect(victim) as connection:
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            connection.sendall(GENERATE[:cut])


@pytest.mark.parametrize(
    "begun",
    [
        HEALTH[:10],
        HEALTH[:-2],
        FORM + b"Content-Length: 100\r\n\r\n",
        FORM + b"Content-Length: 100\r\n\r\n--x",
        CHUNKED + b"3\r\n--x\r\n",
        b"\r\n",
    ],
)
def test_an_unfinished_request_is_408(impatient: Server, begun: bytes) -> None:
    assert status_of(first_reply(impatient, lambda: [begun])) == 408


def test_a_request_that_trickles_in_is_408(impatient: Server) -> None:
    def trickle() -> Iterator[bytes]:
        for byte in HEALTH * 2:
            yield bytes([byte])
            time.sleep(0.01)

    assert status_of(first_reply(impatient, trickle)) == 408


def test_a_connection_without_a_request_is_closed_without_a_reply(impatient: Server) -> None:
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(connect(impatient)) for _ in range(200)]
        assert {each.recv(1) for each in connections} == {b""}


def test_a_generation_can_take_longer_than_the_deadline_of_a_client(impatient: Server) -> None:
    assert b"HTTP/1.1 200" in first_reply(impatient, lambda: [GENERATE])


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_the_log_escapes_everything_that_a_client_sends(log_format: str) -> None:
    evil = "%0a%0d%1b%5b31m%00%7f%c2%9b%e2%80%a8%e2%80%ae00:00:00 00000001  GET /forged 200".replace(" ", "%20")
    raw = b"\x1b[31m\x7f\xc2\x9b\xe2\x80\xa8forged"
    with Server("--log-format", log_format) as server:
        for path in (evil, f"uploads/{evil}", f"api/v1/aiimage/versions?{evil}", f"_mock/worlds/{evil}"):
            exchange(server, [f"GET /{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()])
        for header in (b"Host", b"Authorization", b"Content-Type", b"X-Mock-Fault", b"Prefer", raw):
            exchange(server, [b"GET / HTTP/1.1\r\n" + header + b": " + raw + b"\r\n\r\n"])
            exchange(server, [GENERATE.replace(b"\r\n", b"\r\n" + header + b": Bearer " + raw + b"\r\n", 1)])
        exchange(server, [b"GET /" + raw + b" HTTP/1.1\r\n\r\n"])
        log = server.stop()
    assert log.count("404") >= 2
    assert all(character.isprintable() and character.isascii() for line in log.split("\n") for character in line)
    assert not re.search(r"^[^\\]*GET /forged", log, re.MULTILINE)
    if log_format == "json":
        assert all(json.loads(line)["level"] for line in log.splitlines())

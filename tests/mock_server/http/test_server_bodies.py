"""The protocol when a reply is ready before the body is read, trailers, keep-alive, and other protocols."""

import asyncio
import json
import logging
from typing import Any

import pytest

from support.mock import behaviour
from support.network import App, Connection, play

HEAD = b"POST /first HTTP/1.1\r\nHost: x\r\n"
EXPECT = b"Expect: 100-continue\r\n"
GET = b"GET /second HTTP/1.1\r\nHost: x\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Refusing:
    """Refuses each request without reading its body. begun: the paths."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.begun.append(scope["path"])
        await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"no"})


async def refused(*sent: bytes) -> tuple[Connection, Refusing]:
    app = Refusing()
    connection = Connection(app, behaviour())
    for each in sent:
        await connection.send(each)
    return connection, app


@pytest.mark.parametrize("framing", [b"Content-Length: 4\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"])
def test_a_refusal_before_the_expected_body_closes_the_connection(framing: bytes) -> None:
    # RFC 9110, 10.1.1: the client may leave its body out, and the next request must not be taken for it.
    async def scenario() -> None:
        connection, app = await refused(HEAD + EXPECT + framing)
        assert connection.statuses == [401]
        assert b"connection: close\r\n" in connection.received
        assert CONTINUE not in connection.received
        assert connection.ended
        await connection.send(GET)
        assert app.begun == ["/first"]
        await connection.passes(31)
        assert connection.closed
        assert connection.statuses == [401]

    asyncio.run(scenario())


@pytest.mark.parametrize("expect", [b"100-continue", b"100-Continue"])
def test_a_body_that_the_mock_asks_for_keeps_the_connection(expect: bytes) -> None:
    async def scenario(connection: Connection, app: App) -> None:
        await connection.send(HEAD + b"Expect: " + expect + b"\r\nContent-Length: 4\r\n\r\n")
        assert connection.received == CONTINUE
        await connection.send(b"abcd" + GET)
        assert (app.begun, app.bodies) == (["/first", "/second"], [b"abcd", b""])

    assert play(scenario).statuses == [100, 200, 200]


def test_a_body_that_is_sent_without_waiting_keeps_the_connection() -> None:
    async def scenario() -> None:
        connection, app = await refused(HEAD + EXPECT + b"Content-Length: 4\r\n\r\nabcd", GET)
        assert (app.begun, connection.statuses) == (["/first", "/second"], [401, 401])
        assert b"connection: close" not in connection.received

    asyncio.run(scenario())


def test_http_1_0_has_no_expectations() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        await connection.send(b"POST /old HTTP/1.0\r\n" + EXPECT + b"Content-Length: 4\r\n\r\n")
        assert connection.received == b""  # RFC 9110, 10.1.1
        await connection.send(b"abcd")
        assert app.bodies == [b"abcd"]

    assert play(scenario).statuses == [200]


def test_an_unread_body_is_drained_and_the_connection_kept() -> None:
    async def scenario() -> None:
        connection, app = await refused(HEAD + b"Content-Length: 100000\r\n\r\n", b"x" * 50_000, b"x" * 50_000, GET)
        assert (app.begun, connection.statuses) == (["/first", "/second"], [401, 401])

    asyncio.run(scenario())


@pytest.mark.parametrize("close", [b"HTTP/1.0\r\n", b"HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"])
def test_an_unread_body_is_drained_before_the_connection_is_closed(close: bytes) -> None:
    # Closed at once, the connection would be reset, and a client that sends before it reads would lose its reply.
    async def scenario() -> None:
        connection, app = await refused(b"POST / " + close + b"Content-Length: 100000\r\n\r\n", b"x" * 50_000)
        assert (connection.statuses, connection.ended, connection.closed) == ([401], True, False)
        await connection.send(b"x" * 50_000 + GET)
        assert connection.closed
        assert app.begun == ["/"]

    asyncio.run(scenario())


def test_a_client_that_leaves_while_its_body_is_drained_leaves_no_timer() -> None:
    async def scenario() -> None:
        connection, _ = await refused(HEAD + b"Connection: close\r\nContent-Length: 9\r\n\r\n")
        connection.close()
        connection.loop.advance(100)
        assert connection.loop.pending == 0

    asyncio.run(scenario())


@pytest.mark.parametrize("at_once", [1, 65_536])
def test_trailers_stay_out_of_the_headers(at_once: int) -> None:
    seen: list[list[bytes]] = []

    async def reading(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass
        seen.append([name for name, _ in scope["headers"]])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    trailers = b"0\r\nAuthorization: Bearer late\r\nExpect: 100-continue\r\nX-Mock-Fault: delay\r\n\r\n"

    async def scenario() -> Connection:
        connection = Connection(reading, behaviour())
        await connection.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n" + trailers, at_once)
        await connection.send(GET)
        return connection

    assert asyncio.run(scenario()).statuses == [200, 200]
    assert seen == [[b"host", b"transfer-encoding"], [b"host"]]  # RFC 9110, 6.5.1


def test_trailers_count_as_headers_for_the_limit() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        await connection.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        await connection.send(b"0\r\n" + b"a: b\r\n" * 10)

    assert play(scenario, behaviour(max_headers=10)).statuses == [431]


@pytest.mark.parametrize("seconds", [75, 5])
def test_an_idle_connection_is_kept_for_the_seconds_of_the_setting(seconds: float) -> None:
    async def scenario(connection: Connection, app: App) -> None:
        for _ in range(3):
            await connection.send(GET)
            await connection.passes(seconds - 0.1)
            assert not connection.closed
        await connection.passes(0.1)
        assert connection.closed

    assert play(scenario, behaviour(keep_alive_seconds=seconds)).statuses == [200] * 3


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        (bytes.fromhex("16030100c8010000c40303"), "speaks TLS"),  # RFC 8446, 5.1
        (b"\x16\x03\x03", "speaks TLS"),
        (b"\x16", "speaks TLS"),
        (bytes.fromhex("802e0100020015"), "speaks TLS"),  # SSL 2
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "speaks HTTP/2"),  # RFC 9113, 3.4
        (b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n", "PROXY protocol"),
        (b"\r\n\r\n\x00\r\nQUIT\n\x21\x11", "PROXY protocol"),
        (b"\x05\x01\x00", "speaks SOCKS"),  # RFC 1928
        (b"\x04\x01\x00\x50", "speaks SOCKS"),
        (b"SSH-2.0-x\r\n", "is not valid HTTP/1.1"),
        (b"hello\r\n", "is not valid HTTP/1.1"),
    ],
)
def test_another_protocol_is_named_in_reply_and_log(sent: bytes, named: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "aiimage_mock.access")
    connection = play(lambda connection, _: connection.send(sent))
    assert connection.statuses == [400]
    assert named in json.loads(connection.received.partition(b"\r\n\r\n")[2])["message"]
    assert named in caplog.text

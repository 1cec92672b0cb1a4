"""The deadlines of a connection: requests that arrive slowly, and time that is not the client's."""

import asyncio
from typing import Any

import pytest

from support.mock import behaviour
from support.network import App, Connection, play
from support.raw_requests import CHUNKED, GET, MIB, POST, head_of, refusal


@pytest.mark.parametrize("sent", [GET[:10], b"\r\n", POST % 10, POST % 10 + b"123", CHUNKED + b"3\r\nabc\r\n"])
def test_a_request_that_is_incomplete_at_the_deadline_is_408_and_the_connection_is_closed(sent: bytes) -> None:
    async def scenario(connection: Connection, app: App) -> None:
        await connection.passes(20)
        await connection.send(sent)
        await connection.passes(9)
        assert connection.received == b""
        await connection.passes(1)
        assert app.gone == len(app.begun)
        assert not connection.closed
        await connection.passes(1)

    connection = play(scenario)
    assert refusal(connection) == (408, "The request was not complete after 30 seconds. Send it faster.")
    assert connection.closed


def test_a_request_that_trickles_in_is_408() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        for byte in head_of(100):
            await connection.send(bytes([byte]))
            await connection.passes(1)

    assert refusal(play(scenario))[0] == 408


def test_a_connection_without_a_request_is_closed_without_a_reply() -> None:
    connection = play(lambda connection, _: connection.passes(30))
    assert (connection.received, connection.closed) == (b"", True)


def test_each_request_has_its_own_deadline_and_idle_time_between_two_does_not_count() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        for number in range(3):
            request = GET % number
            await connection.send(request[:5])
            await connection.passes(29)
            await connection.send(request[5:])
            await connection.passes(4)

    assert play(scenario).statuses == [200, 200, 200]


def test_a_long_generation_does_not_count_against_the_client() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        app.may_answer.clear()
        await connection.send(POST % 3 + b"abc")
        await connection.passes(1000)
        app.may_answer.set()
        await connection.send(b"")

    assert play(scenario).statuses == [200]


def test_the_time_in_which_the_mock_reads_nothing_does_not_count_against_the_client() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        app.may_read.clear()
        await connection.send(POST % MIB + b"x" * MIB)
        assert len(connection.unsent) > MIB // 2
        await connection.passes(1000)
        app.may_read.set()
        await connection.send(b"")
        assert app.bodies == [b"x" * MIB]

    assert play(scenario).statuses == [200]


def test_a_body_that_stops_after_the_mock_was_busy_has_the_rest_of_its_deadline() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        app.may_read.clear()
        await connection.passes(10)
        await connection.send(POST % MIB + b"x" * 200_000)
        await connection.passes(1000)
        app.may_read.set()
        await connection.send(b"")
        await connection.passes(19)
        assert connection.received == b""
        await connection.passes(1)

    assert refusal(play(scenario))[0] == 408


def test_a_body_that_continues_after_its_reply_is_read_until_the_deadline_and_gets_no_second_reply() -> None:
    async def replying(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def scenario() -> Connection:
        connection = Connection(replying, behaviour())
        await connection.send(CHUNKED)
        for _ in range(40):
            await connection.send(b"1\r\nx\r\n" * 1000)
            await connection.passes(1)
        return connection

    connection = asyncio.run(scenario())
    assert connection.statuses == [200]
    assert connection.closed

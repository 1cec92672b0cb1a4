"""The protocol, on a connection without a network and in virtual time."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState

from support.mock import behaviour
from support.network import App, Connection, play
from support.raw_requests import CHUNKED, GET, MIB, POST, head_of, refusal

EXPECTED = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"

CLOSING = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\n"

UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n"


@pytest.mark.parametrize("at_once", [1, 100, 65_536])
def test_a_head_of_exactly_the_limit_is_accepted_and_one_more_byte_is_431(at_once: int) -> None:
    limits = behaviour(max_header_bytes=1000)
    taken = play(lambda connection, _: connection.send(head_of(1000), at_once), limits)
    assert taken.statuses == [200]
    refused = play(lambda connection, _: connection.send(head_of(1001), at_once), limits)
    assert refusal(refused) == (
        431,
        "The request line and headers are larger than 1000 bytes. Send fewer or shorter ones.",
    )


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [1000, 65_536])
@pytest.mark.parametrize(
    "endless",
    [
        b"GET /" + b"x" * MIB,
        b"GET / HTTP/1.1\r\na: " + b"x" * MIB,
        b"GET / HTTP/1.1\r\n" + b"x" * MIB,
        b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * (MIB // 5),
        b"\r\n" * MIB,
        CHUNKED + b"1;" + b"x" * MIB,
        CHUNKED + b"0" * MIB,
        CHUNKED + b"0\r\na: " + b"x" * MIB,
        CHUNKED + b"0\r\n" + b"a:b\r\n" * (MIB // 5),
    ],
    ids=["url", "value", "name", "headers", "blank", "extension", "zeros", "trailer", "trailers"],
)
def test_an_endless_head_is_431_and_is_not_buffered(endless: bytes, at_once: int) -> None:
    async def scenario(connection: Connection, app: App) -> None:
        await connection.send(endless[: 65_536 + 8192], at_once)
        assert connection.statuses == [431]
        assert not connection.protocol.flow.unparsed
        await connection.send(endless[65_536:], at_once)

    connection = play(scenario)
    assert refusal(connection)[0] == 431


def test_as_many_headers_as_the_limit_are_accepted_and_one_more_is_431() -> None:
    def request(count: int) -> bytes:
        return b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * (count - 1) + b"\r\n"

    limits = behaviour(max_headers=3)
    assert play(lambda connection, _: connection.send(request(3)), limits).statuses == [200]
    refused = play(lambda connection, _: connection.send(request(4)), limits)
    assert refusal(refused) == (431, "The request has more than 3 headers. Send fewer.")


def test_a_long_body_does_not_count_as_a_long_head() -> None:
    limits = behaviour(max_header_bytes=100)

    async def scenario(connection: Connection, app: App) -> None:
        await connection.send(POST % 5000 + b"x" * 5000)
        await connection.send(CHUNKED + b"1;abc\r\nx\r\n" * 1000 + b"0\r\n\r\n", at_once=7)
        assert app.bodies == [b"x" * 5000, b"x" * 1000]

    assert play(scenario, limits).statuses == [200, 200]


def test_a_long_head_behind_another_request_in_the_same_read_is_refused_after_it_is_answered() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        app.may_answer.clear()
        await connection.send(GET % 1 + head_of(2000))
        assert connection.received == b""
        app.may_answer.set()
        await connection.send(b"")
        assert app.begun == ["/1"]

    connection = play(scenario, behaviour(max_header_bytes=1000))
    assert connection.statuses == [200]
    assert connection.closed


def test_pipelined_requests_are_answered_in_order_and_not_parsed_ahead() -> None:
    requests = b"".join(GET % number for number in range(3000))

    async def scenario(connection: Connection, app: App) -> None:
        app.may_answer.clear()
        await connection.send(requests)
        assert len(app.begun) == 1
        assert len(connection.protocol.pipeline) < 300
        assert len(connection.protocol.flow.unparsed) < 65_536
        await connection.passes(1000)
        app.may_answer.set()
        while len(app.begun) < 3000:
            await connection.send(b"")
        await connection.send(b"")
        assert app.begun == [f"/{number}" for number in range(3000)]

    assert play(scenario).statuses == [200] * 3000


def test_pipelined_bodies_wait_for_their_turn() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        app.may_answer.clear()
        await connection.send((POST % MIB + b"x" * MIB) * 3)
        assert len(connection.unsent) > MIB * 1.5
        app.may_answer.set()
        while len(app.bodies) < 3:
            await connection.send(b"")
        assert set(app.bodies) == {b"x" * MIB}

    assert play(scenario).statuses == [200] * 3


def test_a_body_longer_than_declared_does_not_break_its_reply() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        app.may_answer.clear()
        await connection.send(POST % 3 + b"abcdefgh\r\n" * 100)
        app.may_answer.set()
        await connection.send(b"")
        assert app.bodies == [b"abc"]

    connection = play(scenario)
    assert connection.statuses == [200]
    assert connection.closed


def test_the_mock_continues_to_read_from_a_refused_client_so_that_it_can_read_its_reply() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        app.may_read.clear()
        await connection.send(CHUNKED + b"20000\r\n" + b"x" * 0x20000 + b"\r\nno chunk" + b"x" * 100_000, at_once=2**18)
        assert not connection.closed
        await connection.send(b"x" * MIB)
        assert connection.unsent == b""

    assert refusal(play(scenario))[0] == 400


def test_bytes_that_are_not_http_are_400_in_json() -> None:
    connection = play(lambda connection, _: connection.send(b"hello\r\n\r\n" * 1000))
    assert refusal(connection) == (
        400,
        "The request is not valid HTTP/1.1: its method is unknown; methods are in capitals, such as GET and POST.",
    )


def test_a_connection_beyond_the_limit_is_503_and_the_others_are_served() -> None:
    async def scenario() -> None:
        state, limits = ServerState(), behaviour(max_connections=2)
        connections = [Connection(App(), limits, state) for _ in range(3)]
        for each in connections:
            await each.send(GET % 1)
        assert [each.statuses for each in connections] == [[200], [200], [503]]
        assert refusal(connections[2])[1] == "The mock serves 2 connections already. Close some."

    asyncio.run(scenario())


@pytest.mark.parametrize("closing", [False, True])
def test_a_client_that_reads_nothing_of_its_reply_is_disconnected(closing: bool) -> None:
    async def scenario(connection: Connection, app: App) -> None:
        await connection.send(GET % 1)
        connection.untaken = 1000
        connection.protocol.pause_writing()
        if closing:
            connection.close()
        await connection.passes(29)
        connection.untaken = 900
        await connection.passes(30)
        assert not connection.aborted
        await connection.passes(1)

    connection = play(scenario)
    assert connection.aborted
    assert connection.loop.pending == 0


def test_a_client_that_reads_its_reply_slowly_is_not_disconnected() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        await connection.send(GET % 1)
        connection.untaken = 1010
        connection.protocol.pause_writing()
        for connection.untaken in range(1000, 0, -10):
            await connection.passes(29)
        connection.untaken = 0
        connection.protocol.resume_writing()
        await connection.passes(1000)

    assert not play(scenario).aborted


@pytest.mark.parametrize("cut", range(0, 75, 5))
def test_a_client_that_disconnects_at_any_point_leaves_no_timer(cut: int) -> None:
    async def scenario(connection: Connection, app: App) -> None:
        await connection.send((POST % 20 + b"x" * 20)[:cut])
        connection.close()
        await connection.send(b"")
        assert app.gone + len(app.bodies) == len(app.begun)

    connection = play(scenario)
    connection.loop.advance(5)
    assert connection.loop.pending == 0


@pytest.mark.parametrize("at_once", [1, 7, 4096, 65_536])
@pytest.mark.parametrize(
    "framed", [b"Content-Length: 3\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"]
)
def test_a_client_that_asks_for_an_upgrade_is_answered_without_one(framed: bytes, at_once: int) -> None:
    async def scenario(connection: Connection, app: App) -> None:
        for upgrade in (UPGRADE, b"Upgrade: websocket\r\nConnection: upgrade\r\n", b""):
            await connection.send(b"POST /path HTTP/1.1\r\nHost: x\r\n" + upgrade + framed, at_once)
        assert (app.begun, app.bodies) == (["/path"] * 3, [b"abc"] * 3)

    assert play(scenario).statuses == [200] * 3


def test_an_upgrade_does_not_lift_the_limit_of_the_head() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        long = b"X-Long: %s\r\n" % (b"x" * 200)
        await connection.send(b"GET / HTTP/1.1\r\nHost: x\r\n" + UPGRADE + long + b"\r\n")
        assert app.begun == []

    assert play(scenario, behaviour(max_header_bytes=300)).statuses == [431]


def test_a_request_for_a_tunnel_is_400() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        await connection.send(b"CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere:443\r\n\r\n")
        assert app.begun == []

    assert play(scenario).statuses == [400]


pieces = st.lists(
    st.sampled_from(
        [
            GET % 7,
            POST % 4,
            CHUNKED,
            b"abcd",
            b"4\r\nabcd\r\n",
            b"0\r\n\r\n",
            b"\r\n",
            b"Upgrade: x\r\n",
            b"GET ",
            EXPECTED,
            CLOSING,
        ]
    )
    | st.binary(max_size=40),
    max_size=12,
)


@given(pieces, st.integers(1, 200))
def test_any_bytes_end_in_a_reply_or_a_closed_connection(sent: list[bytes], at_once: int) -> None:
    async def scenario(connection: Connection, app: App) -> None:
        await connection.send(b"".join(sent), at_once)
        await connection.passes(110)
        assert app.gone + len(app.bodies) == len(app.begun)

    connection = play(scenario)
    assert connection.closed
    assert set(connection.statuses) <= {100, 200, 400, 408}
    assert len(connection.statuses) <= len(sent) + 1

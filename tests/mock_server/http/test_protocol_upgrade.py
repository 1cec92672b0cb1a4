"""Clients that offer another protocol with their request, as Java's does with HTTP/2."""

import pytest

from support.mock import behaviour
from support.network import App, Connection, play

OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n"


@pytest.mark.parametrize("at_once", [1, 7, 4096, 65_536])
@pytest.mark.parametrize(
    "framed", [b"Content-Length: 3\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"]
)
def test_a_client_that_offers_another_protocol_is_answered_in_this_one(framed: bytes, at_once: int) -> None:
    async def scenario(connection: Connection, app: App) -> None:
        for offer in (OFFER, b"Upgrade: websocket\r\nConnection: upgrade\r\n", b""):
            await connection.send(b"POST /path HTTP/1.1\r\nHost: x\r\n" + offer + framed, at_once)
        assert (app.begun, app.bodies) == (["/path"] * 3, [b"abc"] * 3)

    assert play(scenario).statuses == [200] * 3


def test_an_offer_does_not_lift_the_limit_of_the_head() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        long = b"X-Long: %s\r\n" % (b"x" * 200)
        await connection.send(b"GET / HTTP/1.1\r\nHost: x\r\n" + OFFER + long + b"\r\n")
        assert app.begun == []

    assert play(scenario, behaviour(max_header_bytes=300)).statuses == [431]


def test_a_tunnel_is_no_request_for_this_server() -> None:
    async def scenario(connection: Connection, app: App) -> None:
        await connection.send(b"CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere:443\r\n\r\n")
        assert app.begun == []

    assert play(scenario).statuses == [400]

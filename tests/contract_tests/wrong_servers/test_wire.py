"""Replies and requests as bytes."""

import json
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from contract_tests.wrong_servers.presentation import ForeignPresentation, Presentation
from contract_tests.wrong_servers.state import token_of
from contract_tests.wrong_servers.wire import Reply, rendered
from support.wrong_servers import serving


def test_a_plain_reply_has_its_length() -> None:
    head, _, body = rendered(Reply(200, {"a": 1}), Presentation()).partition(b"\r\n\r\n")
    first, *headers, date = head.splitlines()
    assert [first, *headers] == [b"HTTP/1.1 200 OK", b"Content-Type: application/json", b"Content-Length: 8"]
    assert date.startswith(b"Date: ")
    assert json.loads(body) == {"a": 1}


def test_a_foreign_reply_is_chunked() -> None:
    content = [{"title": "x" * 5000}]
    body = rendered(Reply(200, content), ForeignPresentation()).partition(b"\r\n\r\n")[2]
    assert body.startswith(b"1000\r\n")
    assert body.endswith(b"\r\n0\r\n\r\n")


def test_a_reply_to_head_has_no_body() -> None:
    assert rendered(Reply(404, {}), Presentation(), "HEAD").endswith(b"\r\n\r\n")


def test_a_chunked_request_is_read_and_the_connection_stays_open() -> None:
    with serving("conforming", control=True) as origin:
        address = urlsplit(origin)
        with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
            head = (
                "POST /api/v1/aiimage/generate-image HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                f"Authorization: Bearer {token_of('primary')}\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            for _ in range(2):
                connection.sendall(head.encode() + b"2\r\n{}\r\n0\r\n\r\n")
                assert b" 422 " in connection.recv(65536)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("always-resets", httpx.NetworkError),
        ("garbage", httpx.RemoteProtocolError),
        ("cuts-replies", httpx.RemoteProtocolError),
        ("promises-too-much", httpx.RemoteProtocolError),
        ("headers-only", httpx.ReadTimeout),
        ("never-answers", httpx.ReadTimeout),
        ("dribbles", httpx.ReadTimeout),
    ],
)
def test_a_broken_server_fails_as_described(name: str, error: type[Exception]) -> None:
    timeout = 0.2 if error is httpx.ReadTimeout else 10
    with serving(name, control=False) as origin, pytest.raises(error):
        httpx.get(f"{origin}/api/v1/aiimage/versions", timeout=timeout)


def test_a_connection_may_be_closed_after_each_reply() -> None:
    headers = {"Authorization": f"Bearer {token_of('primary')}"}
    with serving("conforming-with-short-connections", control=False) as origin, httpx.Client(headers=headers) as client:
        assert client.get(f"{origin}/api/v1/aiimage/versions").status_code == 200

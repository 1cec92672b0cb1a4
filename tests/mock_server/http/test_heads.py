"""Heads of requests that are odd: served where common servers serve them, else refused in words that help."""

import pytest
from starlette.types import Receive, Scope, Send

from mock_server.http.context import parse_headers
from support.network import App, Connection, play
from support.raw_requests import refusal

HOST = b"Host: x\r\n"
BODY = b"5\r\nhello\r\n0\r\n\r\n"


def chunked(coding: bytes = b"chunked") -> bytes:
    return b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: " + coding + b"\r\n\r\n"


def scopes(request_bytes: bytes | list[bytes], at_once: int) -> list[Scope]:
    """Return the scopes of the requests in the bytes, or sent one after the other, all of which are served."""
    seen: list[Scope] = []

    async def scenario(connection: Connection, app: App) -> None:
        async def noting(scope: Scope, receive: Receive, send: Send) -> None:
            seen.append(scope)
            await app(scope, receive, send)

        connection.protocol.app = noting
        for sent in [request_bytes] if isinstance(request_bytes, bytes) else request_bytes:
            await connection.send(sent, at_once)

    assert play(scenario).statuses == [200] * len(seen)
    return seen


@pytest.mark.parametrize("at_once", [1, 65_536])
@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"http://x", "/", b""),  # RFC 9110, 4.2.3: an empty path is /
        (b"http://x?a=b", "/", b"a=b"),
        (b"HTTP://u:p@x:80", "/", b""),
        (b"https://[::1]:8010/a", "/a", b""),  # RFC 9112, 3.2.2
        (b"http://other/a//b?c", "/a//b", b"c"),
        (b"/a?u=http://x", "/a", b"u=http://x"),
        (b"//a", "//a", b""),
        (b"/a:b://c", "/a:b://c", b""),
    ],
)
def test_a_target_in_absolute_form_has_a_path(target: bytes, path: str, query: bytes, at_once: int) -> None:
    (seen,) = scopes(b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n", at_once)
    assert (seen["path"], seen["query_string"]) == (path, query)


NOT_ASCII = b"GET /caf\xc3\xa9?q=\xe9%20 HTTP/1.1\r\nHost: x\r\nA: caf\xc3\xa9\r\n\r\n"
WITH_BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n\xc3\xa9"


@pytest.mark.parametrize("sent", [[NOT_ASCII], [b"\r\n" + NOT_ASCII], [WITH_BODY, NOT_ASCII]])
def test_a_target_that_is_not_ascii_is_read_as_by_nginx(sent: list[bytes]) -> None:
    seen = scopes(sent, 65_536)[-1]
    assert (seen["path"], seen["query_string"]) == ("/café", b"q=%E9%20")
    assert seen["headers"][-1] == (b"a", b"caf\xc3\xa9")


def test_white_space_around_the_value_of_a_header_does_not_belong_to_it() -> None:
    head = b"GET / HTTP/1.1\r\nHost: \t x \t\r\nContent-Type:multipart/form-data; boundary=x \r\nRange: \r\n\r\n"
    (seen,) = scopes(head, 65_536)  # RFC 9110, 5.5
    parsed = parse_headers(seen["headers"])
    assert parsed.values == {b"host": b"x", b"content-type": b"multipart/form-data; boundary=x", b"range": b""}
    assert parsed.content_type == "multipart/form-data; boundary=x"


@pytest.mark.parametrize("at_once", [1, 65_536])
@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\nHost: x\n\n",  # RFC 9112, 2.2
        b"GET / HTTP/1.1\r\nHost: x\nA: b\r\n\n",
        b"\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",  # only HTTP/1.1 needs a Host
        b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
        b"GET / HTTP/1.1\r\nhOST:\t[::1]:8010 \r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a_b.example\r\n\r\n",
        chunked() + b"5  \r\nhello\r\n0\r\n\r\n",  # old servers of Java pad the size
        chunked() + b'5;a="b;c";d\r\nhello\r\n0\r\n\r\n',  # RFC 9112, 7.1.1
        chunked() + b"005\r\nhello\r\n00\r\n\r\n",
        chunked(b"CHUNKED ") + BODY,
    ],
)
def test_it_is_served_as_common_servers_do(request_bytes: bytes, at_once: int) -> None:
    assert play(lambda connection, _: connection.send(request_bytes, at_once)).statuses == [200]


@pytest.mark.parametrize("at_once", [1, 65_536])
@pytest.mark.parametrize(
    ("request_bytes", "status", "named"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400, "no Host header"),  # RFC 9112, 3.2
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "two Host headers"),
        (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "an invalid Host header"),
        (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "an invalid Host header"),
        (b"GET / HTTP/1.1\r\nHost: http://a\r\n\r\n", 400, "an invalid Host header"),
        (b"GET / HTTP/1.1\r\nHost: caf\xc3\xa9\r\n\r\n", 400, "an invalid Host header"),
        (chunked(b"gzip, chunked") + BODY, 501, "Transfer-Encoding: gzip, chunked"),  # RFC 9112, 6.1
        (chunked(b"\xff\x1b[31m") + BODY, 400, "header value char"),
        (chunked(b"\xff") + BODY, 501, "Transfer-Encoding: ?. "),
        (b"get / HTTP/1.1\r\n" + HOST + b"\r\n", 400, "methods are in capitals"),  # RFC 9110, 9.1
        (b"Post / HTTP/1.1\r\n" + HOST + b"\r\n", 400, "methods are in capitals"),
        (b"GET /\x7f HTTP/1.1\r\n" + HOST + b"\r\n", 400, "percent-encoded"),  # RFC 3986, 2
        (b"GET /?q=\x01 HTTP/1.1\r\n" + HOST + b"\r\n", 400, "percent-encoded"),
        (b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n", 400, "a space is %20"),
        (b"GET / http/1.1\r\n" + HOST + b"\r\n", 400, "HTTP/1.1 must follow"),
        (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400, "the name of a header"),  # RFC 9112, 5.1
        (b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n c\r\n\r\n", 400, "a header is folded"),  # RFC 9112, 5.2
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "Content-Length"),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: +1\r\n\r\n", 400, "Content-Length"),
        (chunked()[:-2] + b"Content-Length: 5\r\n\r\n" + BODY, 400, "Transfer-Encoding"),  # RFC 9112, 6.1
        (b"GET / HTTP/1.1\r\n" + HOST + b"A: a\rB: b\r\n\r\n", 400, "a line break"),  # RFC 9112, 2.2
        (chunked() + b"x\r\nhello", 400, "chunk size"),
        (b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 400, "not a proxy"),
    ],
)
def test_it_is_refused_with_its_reason(request_bytes: bytes, status: int, named: str, at_once: int) -> None:
    refused, message = refusal(play(lambda connection, _: connection.send(request_bytes, at_once)))
    assert (refused, named in message) == (status, True), message

"""The connection to a target, over real sockets."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread

import httpx
import pytest
import trustme

from contract_tests.client.connection import make_client, receive
from contract_tests.client.trust import VARIABLES, make_context
from contract_tests.runner.target import Target, Timeouts
from support.conformance import target

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
ENDLESS = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


class Peer:
    """A server that answers each connection with the same bytes, then with more until the client stops reading."""

    def __init__(self, reply: bytes, *, then: bytes = b"", tls: ssl.SSLContext | None = None) -> None:
        self.received: list[str] = []
        self.over = Event()
        peer = self

        class Handler(BaseRequestHandler):
            def handle(self) -> None:
                connection = tls.wrap_socket(self.request, server_side=True) if tls else self.request
                peer.received.append(connection.recv(65536).decode())
                connection.sendall(reply)
                while then and not peer.over.wait(1 / len(then) ** 2):
                    connection.sendall(then)
                connection.close()

        class Quiet(ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that disconnects is not logged."""

        self.server = Quiet(("127.0.0.1", 0), Handler)

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])


@contextmanager
def serving(peer: Peer) -> Iterator[Peer]:
    thread = Thread(target=peer.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield peer
    finally:
        peer.over.set()
        peer.server.shutdown()
        peer.server.server_close()
        thread.join()


def get(aim: Target, url: str, timeout_seconds: float = 5) -> httpx.Response:
    with make_client(aim) as client:
        ticks = iter(range(1_000_000))
        request = client.build_request("GET", url, timeout=timeout_seconds)
        return receive(client, request, timeout_seconds, lambda: next(ticks) / 100)


def connected(url: str, **values: object) -> Target:
    return Target(url, target().accounts, timeouts=Timeouts(connect=5, reply=5), **values)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_trusts_the_authority_of_the_target(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    with serving(Peer(OK, tls=context)) as peer:
        url = f"https://127.0.0.1:{peer.port}/api/v1"
        assert get(connected(url, ca_bundle=bundle), url).status_code == 200
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            get(connected(url), url)


def test_uses_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Peer(OK)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "::1, 10.0.0.0/8, direct.invalid")
        assert get(connected("http://images.invalid"), "http://images.invalid/api").status_code == 200
        with pytest.raises(httpx.ConnectError):
            get(connected("http://direct.invalid"), "http://direct.invalid/api")
    assert [request.splitlines()[0] for request in proxy.received] == ["GET http://images.invalid/api HTTP/1.1"]


def test_a_dead_proxy_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://user:word@127.0.0.1:9")
    with pytest.raises(httpx.ConnectError) as caught:
        get(connected("http://images.invalid"), "http://images.invalid/api")
    assert str(caught.value).startswith("the proxy http://127.0.0.1:9 (ALL_PROXY) cannot be reached: ")


def test_an_error_behind_a_proxy_is_not_one_of_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Peer(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{proxy.port}")
        with pytest.raises(httpx.ProxyError, match=r"by the proxy http://127\.0\.0\.1:\d+ \(HTTPS_PROXY\): 502"):
            get(connected("https://images.invalid"), "https://images.invalid/api")


@pytest.mark.parametrize("entries", ["*.", ",,", "[", "a b", "é.example", "[::1]:80", "http://x", "foo:bar", "%zz"])
def test_an_entry_of_no_proxy_that_names_no_host_is_ignored(monkeypatch: pytest.MonkeyPatch, entries: str) -> None:
    with serving(Peer(OK)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", entries)
        assert get(connected("http://images.invalid"), "http://images.invalid/api").status_code == 200


@pytest.mark.parametrize("name", VARIABLES)
def test_trusts_the_authorities_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    for each in VARIABLES:
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, str(tmp_path / "ca.pem"))
    assert make_context(None).cert_store_stats()["x509_ca"] == 1


def test_headers_may_have_any_bytes() -> None:
    with serving(Peer(b"HTTP/1.1 200 OK\r\nx-name: \xff\xc3\xa9\r\ncontent-length: 2\r\n\r\n{}")) as peer:
        reply = get(connected("http://127.0.0.1"), f"http://127.0.0.1:{peer.port}/api")
    assert reply.headers["x-name"] == "ÿÃ©"


def test_connects_to_this_machine_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Peer(OK)) as peer, serving(Peer(OK)) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        url = f"http://127.0.0.1:{peer.port}/api"
        assert get(connected(url), url).status_code == 200
    assert (len(peer.received), proxy.received) == (1, [])


def test_reads_no_credentials_from_the_files_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password something\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(Peer(OK)) as peer:
        url = f"http://127.0.0.1:{peer.port}/api"
        get(connected(url), url)
    assert "authorization" not in peer.received[0].lower()


def test_a_reply_that_trickles_in_times_out() -> None:
    with serving(Peer(ENDLESS, then=b"1\r\nx\r\n")) as peer:
        url = f"http://127.0.0.1:{peer.port}/api"
        with pytest.raises(httpx.ReadTimeout, match=r"not complete after 0\.5 s"):
            get(connected(url), url, timeout_seconds=0.5)


def test_stops_reading_an_endless_reply() -> None:
    with serving(Peer(ENDLESS, then=b"10000\r\n" + 65536 * b"x" + b"\r\n")) as peer:
        url = f"http://127.0.0.1:{peer.port}/api"
        with pytest.raises(httpx.DecodingError, match="larger than"):
            get(connected(url), url, timeout_seconds=1000)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"", httpx.RemoteProtocolError),
        (b"\x00\xff garbage\r\n\r\n", httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{}", httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}", httpx.DecodingError),
    ],
)
def test_a_reply_that_is_not_http_is_an_error(reply: bytes, error: type[httpx.HTTPError]) -> None:
    with serving(Peer(reply)) as peer, pytest.raises(error):
        get(connected("http://127.0.0.1"), f"http://127.0.0.1:{peer.port}/api")

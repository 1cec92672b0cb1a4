"""Failed connections are named in plain words, by the health check, the control API and what uses it."""

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
import trustme
from click.testing import CliRunner

from mock_server.attaching import attach
from mock_server.cli import main
from mock_server.client import Control, ControlError
from mock_server.connection_failures import why_no_reply
from mock_server.health import why_unhealthy
from support.server import Server

REFUSED = "nothing listens there; start a mock with `aiimage-mock serve`"


@contextmanager
def answering(answer: bytes, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Yield the port of a server that sends these bytes to its first connection, and closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            try:
                with tls.wrap_socket(connection, server_side=True) if tls else connection as opened:
                    opened.recv(65536)
                    opened.sendall(answer)
            except OSError:  # the client has hung up
                connection.close()

        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def refusal(origin: str) -> str:
    with pytest.raises(ControlError) as refused:
        Control(origin).call("GET", "/health")
    return str(refused.value)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
    return port


def test_where_nothing_listens_the_message_says_how_to_start_a_mock() -> None:
    port = free_port()
    assert why_unhealthy("127.0.0.1", port) == REFUSED
    assert refusal(f"http://127.0.0.1:{port}") == f"No mock answers at http://127.0.0.1:{port}: {REFUSED}."


def test_a_server_that_closes_the_connection_is_named() -> None:
    with answering(b"") as port:
        assert why_unhealthy("127.0.0.1", port) == "the server there closed the connection without a reply"


def test_a_server_of_another_protocol_is_named() -> None:
    with answering(b"220 mail.invalid ESMTP\r\n") as port:
        assert why_unhealthy("127.0.0.1", port) == "the server there does not speak HTTP"


def test_tls_to_a_server_without_it_is_named() -> None:
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert refusal(f"https://127.0.0.1:{port}").endswith("does not speak TLS; use http:// instead of https://.")


def test_an_untrusted_certificate_is_named() -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with answering(b"", context) as port:
        assert "its certificate is not trusted (" in refusal(f"https://127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (TimeoutError(), "the server there did not answer in time"),
        (socket.gaierror(-2, "Name or service not known"), "the name of the host is unknown"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "the host cannot be reached from here"),
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied"),
        (OSError("odd"), "odd"),
        (OSError(), "OSError"),
    ],
)
def test_any_other_error_is_named_without_its_number(error: Exception, cause: str) -> None:
    assert why_no_reply(error) == cause


@pytest.mark.parametrize("url", ["127.0.0.1:8010", "http://", "http://a..b", "http://127.0.0.1:x", "ftp://127.0.0.1"])
def test_an_invalid_address_is_refused_with_an_example(url: str) -> None:
    done = CliRunner().invoke(main, ["mcp", "--url", url])
    assert done.exit_code == 2
    assert done.output == f"Error: --url: {url!r} is not the address of a mock, such as http://127.0.0.1:8010.\n"


@pytest.mark.parametrize("path", ["", "/", "/api/v1", "/api/v1/", "/_mock"])
def test_the_base_url_of_the_api_names_its_mock_too(server: Server, path: str) -> None:
    assert attach(f"{server.origin}{path}").origin == server.origin


@pytest.mark.parametrize("command", [["health", "--port"], ["mcp", "--url"]])
def test_no_command_shows_the_number_of_an_error(command: list[str]) -> None:
    port = free_port()
    done = CliRunner().invoke(main, [*command, str(port) if command[0] == "health" else f"http://127.0.0.1:{port}"])
    assert done.exit_code in (1, 2)
    assert REFUSED in done.output
    assert not re.search("Errno", done.output)

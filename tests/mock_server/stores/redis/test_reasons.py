"""The words for errors of Valkey: never the server's own, which may repeat a password."""

import pytest
from redis import exceptions

from mock_server.stores.redis.reasons import cause_of, reason_of


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (exceptions.OutOfMemoryError("command not allowed"), "has no memory left"),
        (exceptions.ReadOnlyError("You can't write"), "is a read-only replica"),
        (exceptions.AuthenticationError("Authentication required."), "requires a password"),
        (exceptions.AuthenticationError("invalid username-password pair"), "does not accept that user or password"),
        (exceptions.ResponseError("MISCONF Errors writing to the AOF file"), "cannot write its data to disk"),
        (exceptions.InvalidResponse("Protocol Error: b'HTTP/1.1 400'"), "speaks another protocol"),
    ],
)
def test_an_error_is_named_in_words(error: Exception, words: str) -> None:
    assert (reason_of(error) or "").startswith(words)


def test_an_unknown_error_has_no_words() -> None:
    assert reason_of(exceptions.ResponseError("ERR a secret")) is None


def test_the_cause_of_a_failed_connection_is_the_one_of_the_system() -> None:
    error = exceptions.ConnectionError("Error 111 connecting to 127.0.0.1:1")
    error.__context__ = ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 1)")
    assert cause_of(error) == "Connection refused"
    assert cause_of(exceptions.ConnectionError("Connection closed by server.")) == "it has closed the connection"

"""Parsing and masking the URL of a Valkey."""

import re

import pytest
from redis.asyncio.connection import SSLConnection

from mock_server.stores.redis import AddressError, parse_address


@pytest.mark.parametrize(
    ("url", "shown", "hosts", "database"),
    [
        ("redis://", "redis://localhost:6379/0", [("localhost", 6379)], 0),
        ("redis://valkey/3", "redis://valkey:6379/3", [("valkey", 6379)], 3),
        ("redis://[::1]:7000", "redis://[::1]:7000/0", [("::1", 7000)], 0),
        ("rediss://me:s%2Fecret@valkey", "rediss://valkey:6379/0", [("valkey", 6379)], 0),
        (
            "redis+sentinel://:s%2Fecret@a,b:7/main/2",
            "redis+sentinel://a:26379,b:7/main/2",
            [("a", 26379), ("b", 7)],
            2,
        ),
    ],
)
def test_a_url_names_a_server(url: str, shown: str, hosts: list[tuple[str, int]], database: int) -> None:
    address = parse_address(url)
    assert (str(address), list(address.hosts), address.database) == (shown, hosts, database)
    assert address.password == ("s/ecret" if "ecret" in url else None)
    assert "ecret" not in repr(address)


def test_a_certificate_is_checked_unless_the_url_turns_that_off() -> None:
    for options, checks in {"": True, "?ssl_cert_reqs=none": False}.items():
        connection = parse_address(f"rediss://valkey{options}").connection("valkey", 6379)
        assert isinstance(connection, SSLConnection)
        assert connection.ssl_context.get().check_hostname == checks
    assert not isinstance(parse_address("redis://valkey").connection("valkey", 6379), SSLConnection)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mongodb://me:secret@valkey", "it takes memory, redis://"),
        ("redis://me:sec/ret@valkey", "write special characters in a password as %XX"),
        ("redis://me:secret@valkey:port", "it takes memory, redis://"),
        ("redis://me:secret@valkey/first", "it takes memory, redis://"),
        ("redis+sentinel://me:secret@valkey", "the name of the service"),
        ("redis://me:secret@valkey?ssl_ca_certs=/ca.pem", "unknown option ssl_ca_certs"),
        ("redis://me:secret@valkey?timeout=secret", "it takes memory, redis://"),
        ("rediss://me:secret@valkey?ssl_ca_certs=/nowhere", "cannot be read: No such file"),
    ],
)
def test_a_bad_url_is_refused_without_repeating_it(url: str, message: str) -> None:
    with pytest.raises(AddressError, match=re.escape(message)) as refused:
        parse_address(url)
    assert "sec" not in str(refused.value).replace("sentinel", "")

"""The address of a Valkey: a parsed URL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from redis.asyncio.connection import Connection, SSLConnection, parse_url

TAKES = (
    "memory, redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], rediss:// for TLS, or "
    "redis+sentinel://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]…]/SERVICE[/DATABASE]"
)
_PORT, _SENTINEL_PORT = 6379, 26379
_TLS_OPTIONS = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname", "ssl_cert_reqs"})


class AddressError(ValueError):
    """A URL that is not one of a Valkey. The message repeats no part of it, since that may be a password."""


@dataclass(frozen=True, slots=True)
class Address:
    """The address and the login of a server. hosts: of the sentinels if `service` names their primary; options: of
    redis-py, for TLS only.
    """

    hosts: tuple[tuple[str, int], ...]
    database: int = 0
    service: str | None = None
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    kind: type[Connection] = field(default=Connection, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        """The URL without user and password."""
        scheme = "redis+sentinel" if self.service else "redis" if self.kind is Connection else "rediss"
        hosts = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts)
        return f"{scheme}://{hosts}/{f'{self.service}/' if self.service else ''}{self.database}"

    def connection(self, host: str, port: int) -> Connection:
        """Return a connection to a server, not yet made, without time limits."""
        return self.kind(
            host=host,
            port=port,
            db=self.database,
            username=self.username,
            password=self.password,
            client_name="aiimage-mock",
            # With RESP3, HGETALL returns a dict, and messages arrive as pushes.
            protocol=2,
            # Connection and RedisBus limit the time; an idle subscriber is not slow.
            socket_timeout=None,
            socket_connect_timeout=None,
            **self.options,
        )


def parse_address(url: str) -> Address:
    """Return the address that a URL names; raise AddressError."""
    try:
        parts = urlsplit(url)
        if parts.scheme == "redis+sentinel":
            return _sentinel_address(parts)
        if parts.scheme in ("redis", "rediss") and (parts.path in ("", "/") or parts.path.lstrip("/").isdecimal()):
            return _address(url, ((parts.hostname or "localhost", parts.port or _PORT),))
    except (ValueError, OSError) as error:
        if isinstance(error, AddressError):
            raise
        # Any other message is dropped: it may repeat the URL, and a password with it.
    raise AddressError(f"it takes {TAKES}; write special characters in a password as %XX")


def _sentinel_address(parts: SplitResult) -> Address:
    login, _, places = parts.netloc.rpartition("@")
    service, _, database = parts.path.strip("/").partition("/")
    if not service or not (database or "0").isdecimal():
        raise AddressError(f"the name of the service that the sentinels watch is missing: it takes {TAKES}")
    split = [urlsplit(f"//{place}") for place in places.split(",")]
    hosts = tuple((each.hostname or "localhost", each.port or _SENTINEL_PORT) for each in split)
    return _address(f"redis://{login}@{split[0].netloc}/{database}?{parts.query}", hosts, service)


def _address(url: str, hosts: tuple[tuple[str, int], ...], service: str | None = None) -> Address:
    parsed: dict[str, Any] = dict(parse_url(url))
    kind = parsed.pop("connection_class", Connection)
    known = {"host", "port", "db", "username", "password", *(_TLS_OPTIONS if kind is not Connection else ())}
    if unknown := sorted(parsed.keys() - known):
        raise AddressError(f"unknown option {unknown[0][:40]}; for TLS it takes {', '.join(sorted(_TLS_OPTIONS))}")
    options = {name: value for name, value in parsed.items() if name in _TLS_OPTIONS}
    login = parsed.get("username"), parsed.get("password")
    address = Address(hosts, int(parsed.get("db", 0)), service, *login, kind, options)
    _check_certificates(address)
    return address


def _check_certificates(address: Address) -> None:
    # redis-py reads them when it connects, but a wrong path should stop the mock when it starts.
    connection = address.connection(*address.hosts[0])
    if isinstance(connection, SSLConnection):
        try:
            connection.ssl_context.get()
        except OSError as error:
            raise AddressError(f"the certificates that the options name cannot be read: {error.strerror}") from error

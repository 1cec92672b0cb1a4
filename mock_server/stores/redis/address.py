"""Where Valkey is: a URL, understood."""

import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from redis.asyncio.connection import parse_url

TAKES = (
    "memory, redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], rediss:// for TLS, or "
    "redis+sentinel://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]…]/SERVICE[/DATABASE]"
)
_PORT, _SENTINEL_PORT = 6379, 26379
_TLS_OPTIONS = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname", "ssl_cert_reqs"})


class AddressError(ValueError):
    """A URL that names no Valkey. The message never has a part of it, since it may hold a password."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is and how to get in. hosts: of the sentinels, where `service` is what they watch over; tls: None
    for none.
    """

    hosts: tuple[tuple[str, int], ...]
    database: int = 0
    service: str | None = None
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """The URL without user and password."""
        scheme = "redis+sentinel" if self.service else "rediss" if self.tls else "redis"
        hosts = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts)
        return f"{scheme}://{hosts}/{f'{self.service}/' if self.service else ''}{self.database}"


def parse_address(url: str) -> Address:
    """Return what a URL says; raise AddressError."""
    try:
        parts = urlsplit(url)
        if parts.scheme == "redis+sentinel":
            return _of_sentinels(parts)
        if parts.scheme in ("redis", "rediss") and parts.path.lstrip("/").isdecimal() | (parts.path in ("", "/")):
            return _address(url, ((parts.hostname or "localhost", parts.port or _PORT),))
    except (ValueError, OSError) as error:
        if isinstance(error, AddressError):
            raise
    raise AddressError(f"it takes {TAKES}; write what is special in a password as %XX")


def _of_sentinels(parts: SplitResult) -> Address:
    login, _, places = parts.netloc.rpartition("@")
    service, _, database = parts.path.strip("/").partition("/")
    if not service or not (database or "0").isdecimal():
        raise AddressError(f"the name of the service that the sentinels watch over is missing: it takes {TAKES}")
    split = [urlsplit(f"//{place}") for place in places.split(",")]
    hosts = tuple((each.hostname or "localhost", each.port or _SENTINEL_PORT) for each in split)
    return _address(f"redis://{login}@{split[0].netloc}/{database}?{parts.query}", hosts, service)


def _address(url: str, hosts: tuple[tuple[str, int], ...], service: str | None = None) -> Address:
    told: dict[str, Any] = dict(parse_url(url))
    tls = told.pop("connection_class", None) is not None
    known = {"host", "port", "db", "username", "password", *(_TLS_OPTIONS if tls else ())}
    if unknown := sorted(told.keys() - known):
        raise AddressError(f"{unknown[0][:40]} is no option here: there is {', '.join(sorted(_TLS_OPTIONS))}, for TLS")
    login = told.get("username"), told.get("password")
    return Address(hosts, int(told.get("db", 0)), service, *login, _tls(told) if tls else None)


def _tls(told: dict[str, Any]) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=told.get("ssl_ca_certs"))
        if told.get("ssl_certfile"):
            context.load_cert_chain(told["ssl_certfile"], told.get("ssl_keyfile"))
    except OSError as error:
        raise AddressError(f"the certificates that the options name cannot be read: {error.strerror}") from error
    unchecked = told.get("ssl_cert_reqs") == "none"
    context.check_hostname = not unchecked and told.get("ssl_check_hostname", True)
    if unchecked:
        context.verify_mode = ssl.CERT_NONE
    return context

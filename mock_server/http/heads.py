"""Heads: what the headers of a request say. A client sends the same ones again and again: they are understood once."""

from collections.abc import Mapping
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from mock_server.domain.accounts import masked

_SECRET = frozenset({b"authorization", b"cookie", b"proxy-authorization", b"x-api-key"})
_ASKING = frozenset({b"x-mock-fault", b"prefer"})
_LONGEST = 500
_MOST = 50
_REMEMBERED = 4_000
_SHORTEST_SECRET = 6

Headers = tuple[tuple[bytes, bytes], ...]


class Head(msgspec.Struct, frozen=True):
    """headers: by name in lower case, the first of each name; token: the bearer token, "" for none; shown: the token,
    masked; kept: the headers as the journal may keep them; asks: whether they ask for a fault.
    """

    headers: Mapping[bytes, bytes]
    token: str
    shown: str
    kept: tuple[tuple[str, str], ...] = ()
    asks: bool = False

    def header(self, name: bytes) -> str:
        """Return the value of a header, "" for none."""
        return self.headers.get(name, b"").decode("latin-1")

    def is_in(self, text: str) -> bool:
        """Tell whether text gives the token away."""
        return len(self.token) >= _SHORTEST_SECRET and self.token in text

    def text(self, text: str) -> str:
        """Return text as the journal may keep it: without the token, and no longer than is useful."""
        if len(self.token) >= _SHORTEST_SECRET and self.token in text:
            text = text.replace(self.token, self.shown)
        return text[:_LONGEST]


def understand(headers: list[tuple[bytes, bytes]]) -> Head:
    """Return what headers say. Those of the last requests are remembered, unless they are long."""
    found = tuple(headers)
    if len(found) > _MOST or sum([len(value) for _, value in found]) > _REMEMBERED:
        return _understand(found)
    return _remembered(found)


def _understand(headers: Headers) -> Head:
    named = dict(reversed(headers))
    token = _bearer(named.get(b"authorization", b"").decode("latin-1"))
    head = Head(named, token, masked(token) if token else "")
    readable = [
        (name.decode("latin-1")[:100], "***" if name in _SECRET else head.text(value.decode("latin-1")))
        for name, value in headers[:_MOST]
    ]
    return replace(head, kept=tuple(readable), asks=not named.keys().isdisjoint(_ASKING))


_remembered = lru_cache(maxsize=1_000)(_understand)


def _bearer(authorization: str) -> str:
    """Return the token in an Authorization header, "" for none."""
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and " " not in token else ""

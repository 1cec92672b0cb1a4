"""The context of a request: its state, its headers and its files."""

import re
import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import count
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace
from starlette.types import Receive, Scope

from mock_server.domain.accounts import masked
from mock_server.domain.clock import Instant
from mock_server.domain.entry import CLIENT
from mock_server.domain.rates import Rate
from mock_server.faults import Fault
from mock_server.service import Caller, Seen
from mock_server.service.sending import sender_of

from .replies import Reply

_SECRET_HEADERS = frozenset({b"authorization", b"cookie", b"proxy-authorization", b"x-api-key"})
_FAULT_HEADERS = frozenset({b"x-mock-fault", b"prefer"})
# RFC 9110, 5.3: the lines of such a header are one list.
_LISTS = _FAULT_HEADERS | {b"content-encoding", b"if-match", b"if-none-match"}
_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}")
_MAX_TEXT_CHARACTERS = 500
_MAX_NAME_CHARACTERS = 100
_MAX_METHOD_CHARACTERS = 20
_MAX_HEADERS = 50
# A thousand heads are cached: 4 MB at most.
_MAX_CACHED_BYTES = 4_000
_MIN_SECRET_CHARACTERS = 6
_process = secrets.token_hex(5)  # many processes may share a journal, and each numbers its own requests
_numbers = count(1)
_EMPTY: dict[str, Any] = {}

Headers = tuple[tuple[bytes, bytes], ...]
Fields = dict[str, Any]


class RequestHeaders(msgspec.Struct, frozen=True):
    """The headers of a request.

    values: by name in lower case, the first of each name, and all of a list; token: the bearer token, "" for none;
    secret: the same, "" for a very short one, which occurs in ordinary words;
    content_length: 0 where none is declared; journal_headers: without secrets and cut; requests_fault: whether they may
    ask for a fault.
    """

    values: Mapping[bytes, bytes]
    token: str
    secret: str
    masked_token: str
    content_type: str
    content_length: int
    journal_headers: tuple[tuple[str, str], ...] = ()
    requests_fault: bool = False

    def get(self, name: bytes) -> str:
        """Return the value of a header, "" for none."""
        return self.values.get(name, b"").decode("latin-1")

    def journal_text(self, text: str) -> str:
        """Return text with the token masked, cut to 500 characters."""
        return self.without_token(text)[:_MAX_TEXT_CHARACTERS]

    def without_token(self, text: str) -> str:
        """Return text with the token masked."""
        secret = self.secret
        return text.replace(secret, self.masked_token) if secret and secret in text else text

    def has_token(self, text: str) -> bool:
        """Return whether `without_token` changes a text."""
        return self.secret != "" and self.secret in text


def parse_headers(headers: list[tuple[bytes, bytes]]) -> RequestHeaders:
    """Return the headers of a request."""
    # Cached unless long: a client sends the same head again and again.
    key = tuple(headers)
    if len(key) > _MAX_HEADERS or sum([len(value) for _, value in key]) > _MAX_CACHED_BYTES:
        return _parse_headers(key)
    return _cached_headers(key)


def _parse_headers(headers: Headers) -> RequestHeaders:
    headers = tuple([(name, value.rstrip(b" \t")) for name, value in headers])  # RFC 9110, 5.5; the parser keeps it
    # Reversed, so that the first of each name stays.
    values = dict(reversed(headers))
    for name in _LISTS & values.keys():
        values[name] = b", ".join(value for each, value in headers if each == name)
    token = _bearer_token(values.get(b"authorization", b"").decode("latin-1"))
    content_type, length = (values.get(name, b"").decode("latin-1") for name in (b"content-type", b"content-length"))
    # int refuses more than 4300 digits.
    content_length = int(length[:20]) if length.isdecimal() else 0
    secret = token if len(token) >= _MIN_SECRET_CHARACTERS else ""
    parsed = RequestHeaders(values, token, secret, masked(token) if token else "", content_type, content_length)
    journal_headers = [
        (
            name.decode("latin-1")[:_MAX_NAME_CHARACTERS],
            "***" if name in _SECRET_HEADERS else parsed.journal_text(value.decode("latin-1")),
        )
        for name, value in headers[:_MAX_HEADERS]
    ]
    requests_fault = not values.keys().isdisjoint(_FAULT_HEADERS)
    return replace(parsed, journal_headers=tuple(journal_headers), requests_fault=requests_fault)


_cached_headers = lru_cache(maxsize=1_000)(_parse_headers)


def _bearer_token(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and " " not in token else ""


class Upload(msgspec.Struct, frozen=True):
    """A file in a form."""

    data: bytes


class Source(msgspec.Struct, frozen=True):
    """An uploaded image: its key on the shelf, and its size in pixels, upright."""

    key: str
    width: int
    height: int


class SentFile(msgspec.Struct, frozen=True):
    """A file in a request, without its bytes. size: in bytes."""

    size: int


class RequestContext(msgspec.Struct):
    """The state of one request.

    operation: operationId, or "getPicture", None if it is neither; received: when it arrived, on the server's clock;
    at: the same on the clock of the caller's world, None without a caller; seen: the caller's world as this request
    last read it; sent_fields: as they were sent; fields: those that the operation declares, once they are valid;
    early_reply: the refusal, if the request was refused before its faults were selected; reply: the reply of the
    service, before faults are applied; world_reset: the world was reset while the request ran, and is not in the
    journal; picture: the title of a picture; rate: what is left of the rate limit; method, path: cut, as the log and
    the journal keep them; sender: "client", or who else sent it by the control API.
    """

    scope: Scope
    receive: Receive
    operation: str | None
    received: Instant
    headers: RequestHeaders
    number: int = 0
    id: str = ""
    method: str = ""
    path: str = ""
    caller: Caller | None = None
    at: Instant | None = None
    seen: Seen | None = None
    sent_fields: Mapping[str, Any] = _EMPTY
    fields: Mapping[str, Any] = _EMPTY
    faults: Sequence[tuple[Fault, Random]] = ()
    early_reply: Reply | None = None
    reply: Reply | None = None
    world_reset: bool = False
    picture: str | None = None
    rate: Rate | None = None
    sender: str = CLIENT

    def __post_init__(self) -> None:
        self.number = next(_numbers)
        self.id = f"{_process}{self.number:08x}"
        self.method = self.scope["method"][:_MAX_METHOD_CHARACTERS]
        self.path = self.scope["path"][:_MAX_TEXT_CHARACTERS]
        self.sender = sender_of(self.scope, self.id)

    @property
    def origin(self) -> str:
        """The server's address as the client knows it."""
        # A client chooses its Host, and gets it back in the addresses of pictures: only a plain one is used.
        host = self.headers.get(b"host")
        if not _HOST.fullmatch(host):
            name, port = self.scope.get("server") or ("127.0.0.1", None)
            host = f"{name}:{port}" if port else name
        return f"{self.scope['scheme']}://{host}"

"""The context of a request: its state, its headers, its files, and the journal entry made of them without secrets."""

import re
import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import count, islice
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace
from starlette.types import Receive, Scope

from mock_server.contract import Finding
from mock_server.domain.accounts import masked
from mock_server.domain.clock import Instant
from mock_server.domain.entry import Entry, Problem
from mock_server.domain.rates import Rate
from mock_server.faults import Fault
from mock_server.faults.transmission import Transmission
from mock_server.service import Caller, Seen

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
_MAX_FIELDS = 50
# A thousand heads are cached: 4 MB at most.
_MAX_CACHED_BYTES = 4_000
_MIN_SECRET_CHARACTERS = 6
# MessagePack has no larger integers.
_MAX_INTEGER = 2**63 - 1
_process = secrets.token_hex(5)  # many processes may share a journal, and each numbers its own requests
_numbers = count(1)
_NO_REPLY = Reply(0, None)
_EMPTY: dict[str, Any] = {}

Headers = tuple[tuple[bytes, bytes], ...]
Fields = dict[str, Any]


class RequestHeaders(msgspec.Struct, frozen=True):
    """The headers of a request.

    values: by name in lower case, the first of each name, and all of a list; token: the bearer token, "" for none;
    content_length: 0 where none is declared; journal_headers: without secrets and cut; requests_fault: whether they may
    ask for a fault.
    """

    values: Mapping[bytes, bytes]
    token: str
    masked_token: str
    content_type: str
    content_length: int
    journal_headers: tuple[tuple[str, str], ...] = ()
    requests_fault: bool = False

    def get(self, name: bytes) -> str:
        """Return the value of a header, "" for none."""
        return self.values.get(name, b"").decode("latin-1")

    def token_is_in(self, text: str) -> bool:
        """Return whether text contains the token."""
        # A very short one is not taken for a secret: it occurs in ordinary words.
        return len(self.token) >= _MIN_SECRET_CHARACTERS and self.token in text

    def journal_text(self, text: str) -> str:
        """Return text with the token masked, cut to 500 characters."""
        if self.token_is_in(text):
            text = text.replace(self.token, self.masked_token)
        return text[:_MAX_TEXT_CHARACTERS]


def parse_headers(headers: list[tuple[bytes, bytes]]) -> RequestHeaders:
    """Return the headers of a request."""
    # Cached unless long: a client sends the same head again and again.
    key = tuple(headers)
    if len(key) > _MAX_HEADERS or sum([len(value) for _, value in key]) > _MAX_CACHED_BYTES:
        return _parse_headers(key)
    return _cached_headers(key)


def _parse_headers(headers: Headers) -> RequestHeaders:
    # Reversed, so that the first of each name stays.
    values = dict(reversed(headers))
    for name in _LISTS & values.keys():
        values[name] = b", ".join(value for each, value in headers if each == name)
    token = _bearer_token(values.get(b"authorization", b"").decode("latin-1"))
    content_type, length = (values.get(name, b"").decode("latin-1") for name in (b"content-type", b"content-length"))
    # int refuses more than 4300 digits.
    content_length = int(length[:20]) if length.isdecimal() else 0
    parsed = RequestHeaders(values, token, masked(token) if token else "", content_type, content_length)
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
    the journal keep them.
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

    def __post_init__(self) -> None:
        self.number = next(_numbers)
        self.id = f"{_process}{self.number:08x}"
        self.method = self.scope["method"][:_MAX_METHOD_CHARACTERS]
        self.path = self.scope["path"][:_MAX_TEXT_CHARACTERS]

    @property
    def origin(self) -> str:
        """The server's address as the client knows it."""
        # A client chooses its Host, and gets it back in the addresses of pictures: only a plain one is used.
        host = self.headers.get(b"host")
        if not _HOST.fullmatch(host):
            name, port = self.scope.get("server") or ("127.0.0.1", None)
            host = f"{name}:{port}" if port else name
        return f"{self.scope['scheme']}://{host}"

    def journal_entry(self, transmission: Transmission, connected: bool) -> Entry:
        """Return the journal entry, with secrets masked and texts cut. connected: whether the client still is."""
        scope, headers, reply = self.scope, self.headers, self.reply or _NO_REPLY
        refusal, text = reply.refusal, headers.journal_text
        at = self.received if self.at is None else self.at
        last = self.seen.now if self.seen else at
        return Entry(  # by position, which takes a tenth of the time
            self.id,
            self.caller.world if self.caller else "",
            headers.masked_token,
            at,
            last if reply.ended is None else reply.ended,
            self.operation,
            self.method,
            text(scope["path"]),
            text(scope["query_string"].decode("latin-1")) if scope["query_string"] else "",
            headers.journal_headers,
            self._journal_fields() if self.sent_fields else _EMPTY,
            transmission.status,
            connected and transmission.ending == "complete",
            "" if self.picture else text(transmission.body.decode(errors="replace")),
            reply.rule,
            refusal.state if refusal else _EMPTY,
            refusal.ends_at if refusal else None,
            self._journal_problems(reply.findings) if reply.findings else (),
            reply.made,
            self.picture,
            b"authorization" in headers.values,
            tuple([fault.name for fault, _ in self.faults]) if self.faults else (),
            self.received,
            reply.code,
        )

    def _journal_fields(self) -> Mapping[str, Any]:
        sent, text, limit = self.sent_fields, self.headers.journal_text, _MAX_TEXT_CHARACTERS
        # One search in all texts: a token is hardly ever in a body.
        if self.headers.token_is_in("\n".join([*sent, *[value for value in sent.values() if isinstance(value, str)]])):
            sent = {text(name): text(value) if isinstance(value, str) else value for name, value in sent.items()}
        return {
            name[:limit]: value[:limit] if isinstance(value, str) else _journal_value(value)
            for name, value in islice(sent.items(), _MAX_FIELDS)
        }

    def _journal_problems(self, findings: Sequence[Finding]) -> tuple[Problem, ...]:
        text = self.headers.journal_text
        return tuple([Problem(each.field, each.code, text(each.message)) for each in findings])


def _journal_value(value: Any) -> Any:
    if isinstance(value, int):
        return max(-_MAX_INTEGER, min(value, _MAX_INTEGER))
    if isinstance(value, SentFile):
        return {"file": value.size}
    return value if value is None or isinstance(value, float) else f"({type(value).__name__})"

"""A visit: one request on its way through the mock, and the journal's entry that becomes of it."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import count, islice
from random import Random
from types import MappingProxyType
from typing import Any

import msgspec
from starlette.types import Receive, Scope

from mock_server.contract import Finding
from mock_server.domain.accounts import masked
from mock_server.domain.clock import Instant
from mock_server.domain.entry import Entry, Problem
from mock_server.faults import Fault
from mock_server.faults.transmission import Transmission
from mock_server.service import Caller, Seen

from .bodies import Fields, Upload
from .replies import Reply

Answer = Reply | Transmission
_Texts = Callable[[str], str]
_SECRET = frozenset({b"authorization", b"cookie", b"proxy-authorization", b"x-api-key"})
_LONGEST = 500
_LONGEST_METHOD = 20
_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}")
_LARGEST = 2**63 - 1
_MOST = 50
_SHORTEST_SECRET = 6
_process = secrets.token_hex(3)
_numbers = count(1)
_NO_REPLY = Reply(0, None)
_NOTHING: Mapping[Any, Any] = MappingProxyType({})


class File(msgspec.Struct, frozen=True):
    """A file that came with a request: what is remembered of it is its size, in bytes."""

    size: int


class Visit(msgspec.Struct):
    """What is known of a request so far.

    operation: operationId, or "getPicture", None where it is neither; received: when it came, on the server's clock;
    headers: by name in lower case, the first of each name; token: the bearer token, "" for none; seen: what it found in
    the caller's world; came: the fields that came with it; fields: those of them that its operation declares, once they
    are valid; refused: what it was answered as it came in; reply: what the service answered, whatever a fault made of
    it; forgotten: its world was reset, and it with it.
    """

    scope: Scope
    receive: Receive
    operation: str | None
    received: Instant
    headers: Mapping[bytes, bytes] = _NOTHING
    number: int = 0
    id: str = ""
    token: str = ""
    caller: Caller | None = None
    seen: Seen | None = None
    came: Mapping[str, Any] = _NOTHING
    fields: Mapping[str, Any] = _NOTHING
    faults: Sequence[tuple[Fault, Random]] = ()
    refused: Answer | None = None
    reply: Reply | None = None
    forgotten: bool = False
    picture: str | None = None

    def __post_init__(self) -> None:
        self.number = next(_numbers)
        self.id = f"{_process}{self.number:08x}"
        self.headers = headers = dict(reversed(self.scope["headers"]))
        if b"authorization" in headers:
            self.token = _bearer(headers[b"authorization"])

    def header(self, name: bytes) -> str:
        """Return the value of a header, "" for none."""
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def method(self) -> str:
        """The method, cut."""
        return str(self.scope["method"])[:_LONGEST_METHOD]

    @property
    def path(self) -> str:
        """The path that was asked for, cut."""
        return str(self.scope["path"])[:_LONGEST]

    @property
    def origin(self) -> str:
        """The server's address as the client knows it."""
        host = self.header(b"host")
        if not _HOST.fullmatch(host):
            name, port = self.scope.get("server") or ("127.0.0.1", None)
            host = f"{name}:{port}" if port else name
        return f"{self.scope['scheme']}://{host}"

    @property
    def now(self) -> Instant:
        """When it came, on the clock of the caller's world."""
        return self.seen.now if self.seen else self.received

    def take(self, came: Fields) -> None:
        """Remember the fields that came, without the bytes of files: a generation may outlast their use by far."""
        self.came = {
            name: File(len(value.data)) if isinstance(value, Upload) else value for name, value in came.items()
        }

    def entry(self, transmission: Transmission, heard: bool) -> Entry:
        """Return the journal's entry, secrets masked and texts cut. heard: the client has not hung up."""
        scope, token, reply = self.scope, self.token, self.reply or _NO_REPLY
        shown = masked(token) if token else ""
        text = partial(_text, token=token, shown=shown) if len(token) >= _SHORTEST_SECRET else _cut
        now, refusal = self.now, reply.refusal
        return Entry(  # by position, which takes a tenth of the time
            self.id,
            self.caller.world if self.caller else "",
            shown,
            now,
            now if reply.ended is None else reply.ended,
            self.operation,
            self.method,
            text(scope["path"]),
            text(scope["query_string"].decode("latin-1")),
            _headers(scope["headers"], text),
            _fields(self.came, text) if self.came else {},
            transmission.status,
            heard and transmission.ending == "complete",
            "" if self.picture else text(transmission.body.decode(errors="replace")),
            reply.rule,
            refusal.state if refusal else {},
            refusal.ends_at if refusal else None,
            _problems(reply.findings, text) if reply.findings else (),
            reply.made,
            self.picture,
            b"authorization" in self.headers,
            tuple([fault.name for fault, _ in self.faults]) if self.faults else (),
            self.received,
        )


@lru_cache(maxsize=10_000)
def _bearer(authorization: bytes) -> str:
    """Return the token in an Authorization header, "" for none."""
    scheme, _, token = authorization.decode("latin-1").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and " " not in token else ""


def _text(text: str, token: str, shown: str) -> str:
    """Return text as the journal may keep it: without the caller's token, and no longer than is useful."""
    return (text.replace(token, shown) if token in text else text)[:_LONGEST]


def _cut(text: str) -> str:
    return text[:_LONGEST]


def _value(value: Any, text: _Texts) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, File):
        return {"file": value.size}
    if isinstance(value, int):
        return max(-_LARGEST, min(value, _LARGEST))
    return value if value is None or isinstance(value, float) else f"({type(value).__name__})"


def _fields(came: Mapping[str, Any], text: _Texts) -> Mapping[str, Any]:
    return {text(name): _value(value, text) for name, value in islice(came.items(), _MOST)}


def _problems(findings: Sequence[Finding], text: _Texts) -> tuple[Problem, ...]:
    return tuple([Problem(each.field, each.code, text(each.message)) for each in findings])


def _headers(headers: Sequence[tuple[bytes, bytes]], text: _Texts) -> tuple[tuple[str, str], ...]:
    return tuple(
        [
            (name.decode("latin-1")[:100], "***" if name in _SECRET else text(value.decode("latin-1")))
            for name, value in headers[:_MOST]
        ]
    )

"""A visit: one request on its way through the mock, and the journal's entry that becomes of it."""

import re
import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import count, islice
from random import Random
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
    number: int = msgspec.field(default_factory=_numbers.__next__)
    id: str = ""
    headers: Mapping[bytes, bytes] = msgspec.field(default_factory=dict)
    token: str = ""
    caller: Caller | None = None
    seen: Seen | None = None
    came: Fields = msgspec.field(default_factory=dict)
    fields: Fields = msgspec.field(default_factory=dict)
    faults: Sequence[tuple[Fault, Random]] = ()
    refused: Answer | None = None
    reply: Reply | None = None
    forgotten: bool = False
    picture: str | None = None

    def __post_init__(self) -> None:
        self.id = f"{_process}{self.number:08x}"
        self.headers = dict(reversed(self.scope["headers"]))
        self.token = _bearer(self.headers.get(b"authorization", b""))

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
        mask = _Mask(self.token)
        scope, caller, reply = self.scope, self.caller, self.reply or _NO_REPLY
        now = self.now
        return Entry(
            id=self.id,
            world=caller.world if caller else "",
            token=masked(self.token) if self.token else "",
            at=now,
            ended=now if reply.ended is None else reply.ended,
            operation=self.operation,
            method=self.method,
            path=mask.text(scope["path"]),
            query=mask.text(scope["query_string"].decode("latin-1")),
            headers=mask.headers(scope["headers"]),
            fields=mask.fields(self.came) if self.came else {},
            status=transmission.status,
            complete=heard and transmission.ending == "complete",
            reply="" if self.picture else mask.text(transmission.body.decode(errors="replace")),
            rule=reply.rule,
            state=dict(reply.refusal.state) if reply.refusal else {},
            ends_at=reply.refusal.ends_at if reply.refusal else None,
            problems=mask.problems(reply.findings) if reply.findings else (),
            made=reply.made,
            picture=self.picture,
            authorized=b"authorization" in self.headers,
            faults=tuple([fault.name for fault, _ in self.faults]),
            received=self.received,
        )


@lru_cache(maxsize=10_000)
def _bearer(authorization: bytes) -> str:
    """Return the token in an Authorization header, "" for none."""
    scheme, _, token = authorization.decode("latin-1").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and " " not in token else ""


class _Mask:
    """Texts as the journal may keep them: without the caller's token, and no longer than is useful."""

    def __init__(self, token: str) -> None:
        self._token = token if len(token) >= _SHORTEST_SECRET else ""

    def text(self, text: str) -> str:
        if self._token and self._token in text:
            text = text.replace(self._token, masked(self._token))
        return text[:_LONGEST]

    def value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, File):
            return {"file": value.size}
        if isinstance(value, int):
            return max(-_LARGEST, min(value, _LARGEST))
        return value if value is None or isinstance(value, float) else f"({type(value).__name__})"

    def fields(self, came: Fields) -> Mapping[str, Any]:
        return {self.text(name): self.value(value) for name, value in islice(came.items(), _MOST)}

    def problems(self, findings: Sequence[Finding]) -> tuple[Problem, ...]:
        return tuple([Problem(each.field, each.code, self.text(each.message)) for each in findings])

    def headers(self, headers: Sequence[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
        return tuple(
            [
                (name.decode("latin-1")[:100], "***" if name in _SECRET else self.text(value.decode("latin-1")))
                for name, value in headers[:_MOST]
            ]
        )

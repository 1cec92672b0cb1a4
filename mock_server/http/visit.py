"""A visit: one request on its way through the mock, and the journal's entry that becomes of it."""

import re
import secrets
from collections.abc import Mapping, Sequence
from itertools import count, islice
from random import Random
from typing import Any

import msgspec
from starlette.types import Receive, Scope

from mock_server.contract import Finding
from mock_server.domain.clock import Instant
from mock_server.domain.entry import Entry, Problem
from mock_server.faults import Fault
from mock_server.faults.transmission import Transmission
from mock_server.service import Caller, Seen

from .bodies import Fields, Upload
from .heads import Head
from .replies import Reply

Answer = Reply | Transmission
_LONGEST = 500
_LONGEST_METHOD = 20
_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}")
_LARGEST = 2**63 - 1
_MOST = 50
_process = secrets.token_hex(5)  # many processes may share a journal, and each numbers its own requests
_numbers = count(1)
_NO_REPLY = Reply(0, None)
_NOTHING: dict[str, Any] = {}


class File(msgspec.Struct, frozen=True):
    """A file that came with a request: what is remembered of it is its size, in bytes."""

    size: int


class Visit(msgspec.Struct):
    """What is known of a request so far.

    operation: operationId, or "getPicture", None where it is neither; received: when it came, on the server's clock;
    head: what its headers say; at: when it came, on the clock of the caller's world, None without one; seen: what it
    last saw of that world; came: the fields that came with it; fields: those of them that its operation declares, once
    they are valid; refused: what it was answered as it came in; reply: what the service answered, whatever a fault made
    of it; forgotten: its world was reset, and it with it.
    """

    scope: Scope
    receive: Receive
    operation: str | None
    received: Instant
    head: Head
    number: int = 0
    id: str = ""
    caller: Caller | None = None
    at: Instant | None = None
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
        host = self.head.header(b"host")
        if not _HOST.fullmatch(host):
            name, port = self.scope.get("server") or ("127.0.0.1", None)
            host = f"{name}:{port}" if port else name
        return f"{self.scope['scheme']}://{host}"

    def entry(self, transmission: Transmission, heard: bool) -> Entry:
        """Return the journal's entry, secrets masked and texts cut. heard: the client has not hung up."""
        scope, head, reply = self.scope, self.head, self.reply or _NO_REPLY
        refusal, text = reply.refusal, head.text
        at = self.received if self.at is None else self.at
        last = self.seen.now if self.seen else at
        return Entry(  # by position, which takes a tenth of the time
            self.id,
            self.caller.world if self.caller else "",
            head.shown,
            at,
            last if reply.ended is None else reply.ended,
            self.operation,
            self.method,
            text(scope["path"]),
            text(scope["query_string"].decode("latin-1")) if scope["query_string"] else "",
            head.kept,
            self._kept_fields() if self.came else _NOTHING,
            transmission.status,
            heard and transmission.ending == "complete",
            "" if self.picture else text(transmission.body.decode(errors="replace")),
            reply.rule,
            refusal.state if refusal else _NOTHING,
            refusal.ends_at if refusal else None,
            self._kept_problems(reply.findings) if reply.findings else (),
            reply.made,
            self.picture,
            b"authorization" in head.headers,
            tuple([fault.name for fault, _ in self.faults]) if self.faults else (),
            self.received,
            reply.code,
        )

    def _kept_fields(self) -> Mapping[str, Any]:
        came, text = self.came, self.head.text
        if self.head.is_in("\n".join([*came, *[value for value in came.values() if isinstance(value, str)]])):
            came = {text(name): text(value) if isinstance(value, str) else value for name, value in came.items()}
        return {
            name[:_LONGEST]: value[:_LONGEST] if isinstance(value, str) else _value(value)
            for name, value in islice(came.items(), _MOST)
        }

    def _kept_problems(self, findings: Sequence[Finding]) -> tuple[Problem, ...]:
        return tuple([Problem(each.field, each.code, self.head.text(each.message)) for each in findings])


def remembered(came: Fields) -> Fields:
    """Return the fields of a form without the bytes of files: a generation may outlast their use by far."""
    return {name: File(len(value.data)) if isinstance(value, Upload) else value for name, value in came.items()}


def _value(value: Any) -> Any:
    if isinstance(value, int):
        return max(-_LARGEST, min(value, _LARGEST))
    if isinstance(value, File):
        return {"file": value.size}
    return value if value is None or isinstance(value, float) else f"({type(value).__name__})"

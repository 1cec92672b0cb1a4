"""A visit: one request on its way through the mock, and the journal's entry that becomes of it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from random import Random
from typing import Any

from starlette.requests import Request

from mock_server.domain.accounts import masked
from mock_server.domain.clock import Instant
from mock_server.domain.entry import Entry, Problem
from mock_server.faults import Fault
from mock_server.faults.transmission import Transmission
from mock_server.service import Caller

from .bodies import Fields, Upload
from .replies import Reply

Answer = Reply | Transmission
_SECRET = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})
_LONGEST = 500
_LARGEST = 2**63 - 1
_MOST = 50
_SHORTEST_SECRET = 6
_process = secrets.token_hex(3)
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with a request: what is remembered of it is its size, in bytes."""

    size: int


@dataclass(slots=True)
class Visit:
    """What is known of a request so far.

    operation: operationId, or "getPicture", None where it is neither; token: the bearer token, "" for none;
    now: the time of the caller's world; came: the fields that came with it; fields: those of them that its operation
    declares, once they are valid; refused: what it was answered as it came in; reply: what the service
    answered, whatever a fault made of it; forgotten: its world was reset, and it with it.
    """

    request: Request
    operation: str | None
    received: Instant
    number: int = field(default_factory=_numbers.__next__)
    token: str = field(init=False)
    now: Instant = 0
    caller: Caller | None = None
    came: Fields = field(default_factory=dict)
    fields: Fields = field(default_factory=dict)
    faults: Sequence[tuple[Fault, Random]] = ()
    refused: Answer | None = None
    reply: Reply | None = None
    forgotten: bool = False
    picture: str | None = None

    def __post_init__(self) -> None:
        self.token = _bearer(self.request.headers.get("authorization", ""))

    @property
    def id(self) -> str:
        """The request's id, unlike that of any other server's."""
        return f"{_process}{self.number:08x}"

    @property
    def path(self) -> str:
        """The path that was asked for, cut."""
        return str(self.request.scope["path"])[:_LONGEST]

    def take(self, came: Fields) -> None:
        """Remember the fields that came, without the bytes of files: a generation may outlast their use by far."""
        self.came = {
            name: File(len(value.data)) if isinstance(value, Upload) else value for name, value in came.items()
        }

    def entry(self, transmission: Transmission, ended: Instant, heard: bool) -> Entry:
        """Return the journal's entry, secrets masked and texts cut. heard: the client has not hung up."""
        mask = _Mask(self.token)
        reply = self.reply or Reply(0, None)
        refusal = reply.refusal
        return Entry(
            id=self.id,
            world=self.caller.world if self.caller else "",
            token=masked(self.token) if self.token else "",
            at=self.now,
            ended=ended,
            operation=self.operation,
            method=self.request.method[:20],
            path=mask.text(self.request.scope["path"]),
            query=mask.text(self.request.url.query),
            headers=mask.headers(self.request.headers.items()),
            fields={mask.text(name): mask.value(value) for name, value in islice(self.came.items(), _MOST)},
            status=transmission.status,
            complete=heard and transmission.ending == "complete",
            reply="" if self.picture else mask.text(transmission.body.decode(errors="replace")),
            rule=reply.rule,
            state=dict(refusal.state) if refusal else {},
            ends_at=refusal.ends_at if refusal else None,
            problems=tuple(Problem(each.field, each.code, mask.text(each.message)) for each in reply.findings),
            made=reply.made,
            picture=self.picture,
            authorized="authorization" in self.request.headers,
            faults=tuple(fault.name for fault, _ in self.faults),
            received=self.received,
        )


def _bearer(authorization: str) -> str:
    """Return the token in an Authorization header, "" for none."""
    scheme, _, token = authorization.partition(" ")
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
        if isinstance(value, File):
            return {"file": value.size}
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, int):
            return max(-_LARGEST, min(value, _LARGEST))
        return value if value is None or isinstance(value, float) else f"({type(value).__name__})"

    def headers(self, headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        shown = list(headers)[:_MOST]
        return tuple((name[:100], "***" if name in _SECRET else self.text(value)) for name, value in shown)

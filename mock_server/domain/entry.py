"""Journal entries: one request and its outcome."""

from collections.abc import Mapping
from typing import Any

import msgspec

from .clock import Instant

PICTURE = "getPicture"
CLIENT, PAGE = "client", "page"


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with one field of a request."""

    field: str
    code: str
    message: str


# The journal is bounded in bytes, and most entries leave most fields at their defaults. New fields come last: entries
# are made by position.
class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request as the journal keeps it: shortened, and without secrets.

    id: also its X-Mock-Request-Id; world: name of the caller's world, "" if there is none; token: masked;
    at, ended: on the world's clock, when it arrived and when its reply was ready;
    operation: operationId, "getPicture" for a picture, None for any other request; fields: as the mock read them;
    status: None if no reply was sent; complete: False if the connection ended before the reply did;
    code: key in the table of refusals; rule: id of the rule that refused it; state: what the rule checked; ends_at:
    when the same request may pass, None if there is no such instant; made: titles of its images; picture: title of
    the picture that it fetched; faults: names of those applied to it; received: when it arrived, on the server's clock;
    sender: "client", or "page" for a request that does not count for the client; cut: how many characters the texts
    had that the journal shortened, by "reply" or the name of the field, "fields/prompt".
    """

    id: str
    world: str
    token: str
    at: Instant
    ended: Instant
    operation: str | None
    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    fields: Mapping[str, Any] = msgspec.field(default_factory=dict)
    status: int | None = None
    complete: bool = True
    reply: str = ""
    rule: str | None = None
    state: Mapping[str, Any] = msgspec.field(default_factory=dict)
    ends_at: Instant | None = None
    problems: tuple[Problem, ...] = ()
    made: tuple[str, ...] = ()
    picture: str | None = None
    authorized: bool = False
    faults: tuple[str, ...] = ()
    received: Instant = 0
    code: str | None = None
    sender: str = CLIENT
    cut: Mapping[str, int] = msgspec.field(default_factory=dict)

    @property
    def by_client(self) -> bool:
        """Whether the request counts for the client: in its coverage and its verdict."""
        return self.sender == CLIENT

"""Journal entries: one request and what came of it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from .clock import Instant

PICTURE = "getPicture"


class Problem(msgspec.Struct, frozen=True):
    """One thing that was wrong with one field of a request."""

    field: str
    code: str
    message: str


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request as the journal keeps it: cut to a sane length, and without a secret.

    id: also its X-Mock-Request-Id; world: name of the caller's world, "" for nobody's; token: masked;
    at, ended: on the world's clock, when it came and when its reply was ready;
    operation: operationId, "getPicture" for a picture, None where it is neither; fields: as they were understood;
    status: None where no reply was sent; complete: False where the connection died before the reply's end;
    rule: id of the rule that refused it; state: what made the rule refuse; ends_at: when the same request may pass,
    None for no such instant; made: titles of the images that it made; picture: title of the picture that it fetched;
    faults: names of those that struck it; received: when it came, on the server's clock.
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

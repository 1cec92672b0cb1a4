"""A world: all that the service knows of one account. Immutable; every change is a new world."""

from collections.abc import Mapping
from typing import Any

import msgspec

from .clock import Instant
from .timepiece import Timepiece


class Lock(msgspec.Struct, frozen=True):
    """What keeps a second generation out. until: when it expires, None for never; freed: when the generation that
    holds it ends and frees it, None if that frees nothing.
    """

    holder: str
    until: Instant | None
    freed: Instant | None = None

    @property
    def ends(self) -> Instant | None:
        """The first instant at which it keeps nobody out any more, None for never."""
        if self.until is None or self.freed is None:
            return self.freed if self.until is None else self.until
        return min(self.until, self.freed)

    def held(self, now: Instant) -> bool:
        """Tell whether the lock still keeps others out. It is free at the very instant it ends."""
        ends = self.ends
        return ends is None or now < ends


class Order(msgspec.Struct, frozen=True):
    """What a client asked for. width and height in pixels; source: key of the upload it works from; folder: what the
    address of its pictures begins with.
    """

    engine: str
    prompt: str
    count: int
    width: int
    height: int
    mode: str
    source: str | None = None
    folder: str = "uploads/"


class Generation(msgspec.Struct, frozen=True):
    """A generation that runs. credits, allowance: what it holds in reserve until it ends; ends: when that is;
    ready: when its pictures can be fetched; failure: the message that it ends with instead of images.
    """

    id: str
    order: Order
    credits: int
    allowance: int
    ends: Instant
    ready: Instant
    failure: str | None = None


class Image(msgspec.Struct, frozen=True):
    """An image that was made. generation: id of what made it; title: also the name its picture is served under;
    folder: what the picture's address begins with; ready: when the picture can be fetched.
    """

    id: int
    generation: str
    title: str
    engine: str
    prompt: str
    width: int
    height: int
    mode: str
    source: str | None
    folder: str
    created_at: Instant
    ready: Instant

    @property
    def output(self) -> str:
        """The picture's address, as clients are told."""
        return self.folder + self.title


class FaultPlan(msgspec.Struct, frozen=True):
    """A fault that is on. operations: ids of those it applies to; times: to how many requests at most, None for no
    limit; after: how many requests pass first; seen, applied: how many requests came, and how many it applied to.
    """

    fault: str
    operations: tuple[str, ...]
    parameters: Mapping[str, Any] = msgspec.field(default_factory=dict)
    times: int | None = None
    after: int = 0
    probability: float = 1
    seen: int = 0
    applied: int = 0


class World(msgspec.Struct, frozen=True):
    """One account and what it has going on.

    token: its token, masked; first_id: id of its first image; day, used: the day that `used` counts; running:
    generations under way; images: those made last, newest first; made: how many there have ever been;
    generation_seconds: how long a generation takes here, None for the server's default.
    """

    name: str
    first_id: int
    credits: int
    daily_limit: int
    token: str = ""
    day: int = 0
    used: int = 0
    lock: Lock | None = None
    running: tuple[Generation, ...] = ()
    images: tuple[Image, ...] = ()
    made: int = 0
    generation_seconds: float | None = None
    clock: Timepiece = msgspec.field(default_factory=Timepiece)
    faults: tuple[FaultPlan, ...] = ()

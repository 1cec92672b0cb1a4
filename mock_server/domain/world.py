"""A world: all that the service knows of one account. Immutable; every change is a new world."""

from dataclasses import dataclass, replace

from .clock import DAY, Instant


@dataclass(frozen=True, slots=True)
class Lock:
    """What keeps a second generation out. until: when it expires, None for never."""

    holder: str
    until: Instant | None

    def held(self, now: Instant) -> bool:
        """Tell whether the lock still keeps others out. It is free at the very instant it expires."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Order:
    """What a client asked for. width and height in pixels; source: key of the upload it works from."""

    engine: str
    prompt: str
    count: int
    width: int
    height: int
    mode: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation that runs. credits, allowance: what it holds in reserve until it ends or lapses."""

    id: str
    order: Order
    credits: int
    allowance: int
    ends: Instant
    lapses: Instant


@dataclass(frozen=True, slots=True)
class Image:
    """An image that was made. generation: id of what made it; title: also the name its picture is served under."""

    id: int
    generation: str
    title: str
    engine: str
    prompt: str
    width: int
    height: int
    mode: str
    source: str | None
    created_at: Instant


@dataclass(frozen=True, slots=True)
class World:
    """One account and what it has going on.

    first_id: id of its first image; day, used: the day that `used` counts; running: generations under way;
    images: those made last, newest first; made: how many there have ever been; generation_seconds: how long a
    generation takes here, None for the server's default.
    """

    name: str
    first_id: int
    credits: int
    daily_limit: int
    day: int = 0
    used: int = 0
    lock: Lock | None = None
    running: tuple[Generation, ...] = ()
    images: tuple[Image, ...] = ()
    made: int = 0
    generation_seconds: float | None = None

    def settled(self, now: Instant) -> "World":
        """Return the world as it is at `now`: the day turned, what has expired or lapsed gone."""
        today = now // DAY
        return replace(
            self,
            day=today,
            used=self.used if self.day == today else 0,
            lock=self.lock if self.lock and self.lock.held(now) else None,
            running=tuple(each for each in self.running if now < each.lapses),
        )

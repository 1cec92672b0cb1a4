"""What the service knows: accounts, their images, what they are generating, and who holds a lock."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from contract_tests.wrong_servers.clock import DAY, Clock

IMAGES_A_DAY = 50


@dataclass(frozen=True)
class Order:
    """What a valid request asks for."""

    engine: str
    prompt: str
    count: int
    width: int
    height: int
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Image:
    id: int
    title: str
    input: str
    output: str
    width: int
    height: int
    created: int


@dataclass(eq=False)
class Generation:
    """A generation under way, from when to when."""

    order: Order
    begun: int
    ends: int


@dataclass(frozen=True)
class Lock:
    """Held by a generation of this service, or by one of somebody else; without `until` it never expires."""

    holder: Generation | None
    until: int | None


@dataclass
class Latch:
    """Where a generation's lock is kept: one an account, or one for all."""

    lock: Lock | None = None


@dataclass
class Account:
    """`barred` is a lock that somebody else's generation holds here, as far as is known."""

    token: str
    latch: Latch
    clock: Clock
    barred: Lock | None = None
    credits: int = 100
    daily_limit: int = IMAGES_A_DAY
    generation_seconds: float | None = None
    used: int = 0
    day: int = -1
    images: list[Image] = field(default_factory=list)
    running: list[Generation] = field(default_factory=list)

    def used_today(self) -> int:
        """How many images were made since midnight UTC."""
        return self.used if self.day == self.clock.now() // DAY else 0

    def use(self, images: int) -> None:
        self.used, self.day = self.used_today() + images, self.clock.now() // DAY


# What is left on the account `low`: enough to see what every kind of request costs.
LOW = 6
ROLES = ("primary", "secondary", "empty", "low", "limited", "almost_limited", "slow", "busy", "invalid")


def token_of(role: str) -> str:
    """The token by which a role is known, a row and a hash as many services of this kind give."""
    return f"{ROLES.index(role) + 11}|{hashlib.sha256(role.encode()).hexdigest()[:40]}"


def first_state(token: str, latch: Latch, clock: Clock) -> Account:
    """An account as it begins; the tokens of roles have states of their own."""
    account = Account(token, latch, clock)
    match next((role for role in ROLES if token_of(role) == token), ""):
        case "empty":
            account.credits = 0
        case "low":
            account.credits = LOW
        case "limited":
            account.use(IMAGES_A_DAY)
        case "almost_limited":
            account.use(IMAGES_A_DAY - 1)
        case "slow":
            account.generation_seconds = 12
        case "busy":
            account.barred = Lock(None, None)
    return account

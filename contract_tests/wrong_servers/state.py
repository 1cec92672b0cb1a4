"""The state of the service: accounts with their images, running generations and locks."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from contract_tests.wrong_servers.clock import DAY, Clock
from contract_tests.wrong_servers.pace import Pace

DAILY_LIMIT = 50
LOCK_SECONDS = 10
# The balance of the account `low` covers the cost of every kind of request.
LOW = 6
# With more than one image left, a limit that is one image lower shows.
LEFT = 2
ROLES = ("primary", "secondary", "empty", "low", "limited", "almost_limited", "slow", "busy", "invalid")


@dataclass(frozen=True)
class Order:
    """The content of a valid request for images."""

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


# Compared by identity, since two generations may have the same order and times.
@dataclass(eq=False)
class Generation:
    """A running generation, with the instants of its start and end."""

    order: Order
    started: int
    ends: int


@dataclass(frozen=True)
class Lock:
    """A lock without a `holder` belongs to a generation outside this service; one without `until` never expires."""

    holder: Generation | None
    until: int | None


@dataclass
class LockSlot:
    """Holds the lock of one account, or the lock that all accounts share."""

    lock: Lock | None = None


@dataclass
class Account:
    """The state behind one token; `outside_lock` is set through the control API or by a role."""

    token: str
    lock_slot: LockSlot
    clock: Clock
    outside_lock: Lock | None = None
    credits: int = 100
    daily_limit: int = DAILY_LIMIT
    generation_seconds: float | None = None
    used: int = 0
    day: int = -1
    images: list[Image] = field(default_factory=list)
    running: list[Generation] = field(default_factory=list)

    def used_today(self) -> int:
        """Return the number of images made since midnight UTC."""
        return self.used if self.day == self.clock.now() // DAY else 0

    def use(self, images: int) -> None:
        self.used, self.day = self.used_today() + images, self.clock.now() // DAY


def token_of(role: str) -> str:
    """Return the token of a role: a row number and a hash, as many services of this kind issue them."""
    return f"{ROLES.index(role) + 11}|{hashlib.sha256(role.encode()).hexdigest()[:40]}"


_KNOWN = frozenset(token_of(role) for role in ROLES if role != "invalid")


def initial_account(token: str, lock_slot: LockSlot, clock: Clock) -> Account:
    """Return a new account, in the state of its role if the token belongs to one."""
    account = Account(token, lock_slot, clock)
    match next((role for role in ROLES if token_of(role) == token), ""):
        case "empty":
            account.credits = 0
        case "low":
            account.credits = LOW
        case "limited":
            account.use(DAILY_LIMIT)
        case "almost_limited":
            account.use(DAILY_LIMIT - LEFT)
        case "slow":
            account.generation_seconds = LOCK_SECONDS + 2
        case "busy":
            account.outside_lock = Lock(None, None)
    return account


class Accounts:
    """The accounts by token; with `open_`, an unknown token gets a new one. pace: of their clocks."""

    def __init__(self, *, open_: bool, shared: bool, pace: Pace | None = None) -> None:
        self._open, self.pace = open_, pace or Pace()
        self._shared = (LockSlot(), Clock(self.pace)) if shared else None
        self._accounts: dict[str, Account] = {}

    def valid(self, token: str) -> bool:
        return token in _KNOWN or (self._open and bool(token) and token != token_of("invalid"))

    def get(self, token: str) -> Account:
        if token not in self._accounts:
            self.reset(token)
        return self._accounts[token]

    def reset(self, token: str) -> Account:
        """Replace an account by a new one; requests that wait on the old clock finish."""
        lock_slot, clock = self._shared or (LockSlot(), Clock(self.pace))
        if old := self._accounts.get(token):
            self._end(old)
        self._accounts[token] = initial_account(token, lock_slot, clock)
        return self._accounts[token]

    def _end(self, account: Account) -> None:
        if account.lock_slot.lock and account.lock_slot.lock.holder in account.running:
            account.lock_slot.lock = None
        if not self._shared:
            account.clock.run()

    def all(self) -> list[Account]:
        return list(self._accounts.values())

    def __len__(self) -> int:
        return len(self._accounts)

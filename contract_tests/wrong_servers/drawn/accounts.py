"""The state of a drawn server: accounts, what they were charged, and the lock that each has or all share."""

from collections import Counter
from dataclasses import dataclass, field

from contract_tests.wrong_servers.drawn.drawing import Draw
from contract_tests.wrong_servers.drawn.orders import Order
from contract_tests.wrong_servers.drawn.timeline import DAY_MS, HOUR_MS, Timeline
from contract_tests.wrong_servers.pace import Pace
from contract_tests.wrong_servers.state import LEFT, LOW, ROLES, token_of

CREDITS, DAILY_LIMIT = 100, 200
LOCK_MS = 10_000
SLOW_MS = LOCK_MS + 2_000
FOREVER = 2**63


@dataclass(frozen=True)
class Charge:
    """Credits that an account paid for images. Instants are milliseconds since 1970."""

    at: int
    token: str
    credits: int
    images: int


@dataclass
class Lock:
    """The generation that holds a lock, 0 if another client holds it, and the instant at which it expires."""

    holder: int | None = None
    until: int = 0

    def held(self, now: int) -> bool:
        return self.holder is not None and now < self.until

    def take(self, holder: int, until: int) -> None:
        self.holder, self.until = holder, until

    def free(self, holder: int) -> None:
        if self.holder == holder:
            self.holder = None


@dataclass
class Picture:
    """An image of an account; its picture is a placeholder until the instant `ready`."""

    id: int
    title: str
    path: str
    order: Order
    created: int
    ready: int
    number: int

    def finished(self, now: int) -> bool:
        """Return whether the picture itself is there [QUEUED]."""
        return not self.order.queues or self.ready <= now


@dataclass(eq=False)
class Job:
    """A generation; once it is done it has its pictures, or None if it has failed."""

    number: int
    order: Order
    began: int
    ends: int
    done: bool = False
    pictures: list[Picture] | None = None


@dataclass(eq=False)
class Account:
    """The state behind a token."""

    token: str
    timeline: Timeline
    lock: Lock
    credits: int = CREDITS
    daily_limit: int = DAILY_LIMIT
    generation_ms: int | None = None
    used: Counter[int] = field(default_factory=Counter)
    pictures: list[Picture] = field(default_factory=list)
    running: list[Job] = field(default_factory=list)

    @property
    def promised(self) -> int:
        """The images of running generations."""
        return sum(job.order.count for job in self.running)


class Accounts:
    """Accounts by token. open_: whether an unknown token opens a new one, as with a control API."""

    def __init__(self, drawn: Draw, pace: Pace, *, open_: bool) -> None:
        self._pace, self.open = pace, open_
        self.shares_lock = drawn["lock scope"] != "account"
        self._common = (Timeline(pace), Lock())
        self._day_offset: int = drawn["day begins"] * HOUR_MS
        self._accounts: dict[str, Account] = {}
        self.charges: list[Charge] = []

    def valid(self, token: str) -> bool:
        known = token in {token_of(role) for role in ROLES if role != "invalid"}
        return known or (self.open and bool(token) and token != token_of("invalid"))

    def of(self, token: str) -> Account:
        return self._accounts.get(token) or self.reset(token)

    def reset(self, token: str) -> Account:
        """Replace the account of a token; generations of the old one end as planned."""
        if old := self._accounts.get(token):
            for job in old.running:
                old.lock.free(job.number)
            if not self.shares_lock:
                old.timeline.run()
        timeline, lock = self._common if self.shares_lock else (Timeline(self._pace), Lock())
        account = self._accounts[token] = Account(token, timeline, lock)
        self._begin(account, next((role for role in ROLES if token_of(role) == token), ""))
        return account

    def __len__(self) -> int:
        return len(self._accounts)

    def day(self, instant: int) -> int:
        return (instant - self._day_offset) // DAY_MS

    def used_today(self, account: Account) -> int:
        return account.used[self.day(account.timeline.now())]

    def seconds_left(self, account: Account) -> int:
        """Return the seconds until the account's day ends."""
        elapsed = (account.timeline.now() - self._day_offset) % DAY_MS
        return -(-(DAY_MS - elapsed) // 1000)

    def use(self, account: Account, amount: int) -> None:
        account.used[self.day(account.timeline.now())] += amount

    def charge(self, account: Account, credits_: int, images: int) -> None:
        account.credits -= credits_
        self.charges.append(Charge(account.timeline.now(), account.token, credits_, images))

    def _begin(self, account: Account, role: str) -> None:
        """Give an account the state of its role; with a control API the suite does so."""
        if self.open:
            return
        match role:
            case "empty":
                account.credits = 0
            case "low":
                account.credits = LOW
            case "limited":
                self.use(account, DAILY_LIMIT)
            case "almost_limited":
                self.use(account, DAILY_LIMIT - LEFT)
            case "slow":
                account.generation_ms = SLOW_MS
            case "busy":
                account.lock = Lock(0, FOREVER)

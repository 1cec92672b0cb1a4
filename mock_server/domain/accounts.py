"""Accounts: the initial state of a world."""

import hashlib
from collections.abc import Callable, Mapping

import msgspec

from . import days
from .behaviour import Behaviour
from .clock import Instant
from .history import History
from .timepiece import Timepiece
from .world import FaultPlan, Lock, World

# 21 million blocks of 100 end just below 2**31: clients may keep an id in a signed 32-bit integer.
_IDS_PER_WORLD = 100
_BLOCKS = 21_000_000
_RUNNING = Timepiece()


class Account(msgspec.Struct, frozen=True):
    """The initial state of an account. lock: one that another client holds; valid: False is a 401;
    stopped_at: the instant at which its clock is frozen, None if it runs; history: its past; sandbox: nothing is
    charged, and no daily limit applies [SANDBOX]; scope: ids of the operations that its API key may call, None for all
    [FORBIDDEN].
    """

    credits: int
    daily_limit: int
    used_today: int = 0
    generation_seconds: float | None = None
    lock: Lock | None = None
    valid: bool = True
    faults: tuple[FaultPlan, ...] = ()
    stopped_at: Instant | None = None
    history: History | None = None
    sandbox: bool = False
    scope: tuple[str, ...] | None = None

    @property
    def able(self) -> bool:
        """Whether it can generate an image at first."""
        pays = self.sandbox or (self.credits > 0 and self.used_today < self.daily_limit)
        return self.valid and not self.lock and self.scope is None and pays


class Accounts(msgspec.Struct, frozen=True):
    """The listed accounts by token, and the account of any other token, which is not valid if `closed`."""

    listed: Mapping[str, Account]
    default: Account
    closed: bool = False

    def changed(self, change: Callable[[Account], Account]) -> "Accounts":
        """Return the accounts with a change applied to each, and to those that are opened later."""
        return Accounts({token: change(each) for token, each in self.listed.items()}, change(self.default), self.closed)

    def find(self, token: str) -> Account | None:
        """Return the account of a token, or None if the token is not valid. [AUTH-401]"""
        account = self.listed.get(token, None if self.closed else self.default)
        return account if account and account.valid else None

    def able(self) -> str | None:
        """Return a token whose account can generate an image at first, None if there is none."""
        able = (token for token, each in self.listed.items() if each.able)
        return next(able, "any-token" if self.default.able and not self.closed else None)


def world_name(token: str) -> str:
    """Return the name of a token's world, from which the token cannot be derived."""
    # Not salted: every process and every run must find the same world, its ids and its titles.
    return hashlib.blake2b(token.encode(), digest_size=8, person=b"aiimage-world").hexdigest()


def masked(token: str) -> str:
    """Return the masked token: enough to recognise it, not enough to use it."""
    return f"{token[: min(len(token) // 3, 4)]}***"


def open_world(name: str, account: Account, now: Instant, behaviour: Behaviour, token: str = "") -> World:
    """Return the world of an account that is first used at `now`, or when its clock is frozen. token: masked.

    Image ids start at a number that depends on the name alone: the same in every run, different from those of other
    worlds.
    """
    first_id = 1 + int(name[:8], 16) % _BLOCKS * _IDS_PER_WORLD
    day = days.day(now if account.stopped_at is None else account.stopped_at, behaviour)
    return World(
        name,
        first_id,
        account.credits,
        account.daily_limit,
        token,
        day,
        account.used_today,
        lock=account.lock,
        generation_seconds=account.generation_seconds,
        clock=_RUNNING if account.stopped_at is None else Timepiece(0, account.stopped_at),
        faults=account.faults,
        sandbox=account.sandbox,
    )

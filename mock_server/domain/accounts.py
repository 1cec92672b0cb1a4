"""Accounts: what a world is like when it is first seen."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from .clock import DAY, Instant
from .world import Lock, World

_IDS_A_WORLD = 10_000
_BLOCKS = 200_000


@dataclass(frozen=True, slots=True)
class Account:
    """How an account starts. locked: somebody else's generation holds the lock for ever; valid: False is a 401."""

    credits: int
    daily_limit: int
    used_today: int = 0
    generation_seconds: float | None = None
    locked: bool = False
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Accounts:
    """The listed accounts by token, and what any other token gets: a fresh account, or nothing when closed."""

    listed: Mapping[str, Account]
    default: Account
    closed: bool = False

    def find(self, token: str) -> Account | None:
        """Return the account that a token opens, or None where the token is not valid. [AUTH-401]"""
        account = self.listed.get(token, None if self.closed else self.default)
        return account if account and account.valid else None


def world_name(token: str) -> str:
    """Return the name of a token's world. It does not give the token away."""
    return hashlib.blake2b(token.encode(), digest_size=16, person=b"aiimage-world").hexdigest()


def open_world(name: str, account: Account, now: Instant) -> World:
    """Return the world of an account that is first seen at `now`.

    Image ids begin at a number that depends on the name alone, so that a world's ids are the same in every run,
    unlike those of other worlds, and small enough for a 32-bit integer.
    """
    return World(
        name=name,
        first_id=1 + int(name[:8], 16) % _BLOCKS * _IDS_A_WORLD,
        credits=account.credits,
        daily_limit=account.daily_limit,
        day=now // DAY,
        used=account.used_today,
        lock=Lock("somebody else", None) if account.locked else None,
        generation_seconds=account.generation_seconds,
    )

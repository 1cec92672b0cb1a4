"""Settings of a server, and the files that they come from: accounts and scenarios."""

import ipaddress
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from . import resources
from .contract import Contract, ContractError, read_yaml
from .decoding import DecodingError, decode
from .domain.accounts import Account, Accounts, masked
from .domain.behaviour import Behaviour
from .domain.clock import from_iso
from .domain.held_lock import LockValue, read_lock
from .domain.history import History
from .domain.images import KEPT
from .faults.plans import make_plans
from .faults.registry import suggestion
from .profiles import Profile

_MAX_PLAIN_CHARACTERS = 20
_HOLDER = "another client"


class ConfigurationError(ValueError):
    """A flag or a configuration file is invalid. The message names the place and the valid values."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The input of `create_app`. generation_seconds: duration of a generation; seed: of pictures and random faults;
    state: "memory", or the URL of a Valkey or Redis server, which may contain a password; profile: what was measured of
    the behaviour, None for a file without; instance: names the processes that serve with these settings; each start
    of the server has a new one.
    """

    accounts: Accounts
    behaviour: Behaviour
    host: str = "127.0.0.1"
    generation_seconds: float = 1.5
    seed: int = 0
    control: bool = True
    admin_token: str | None = None
    state: str = field(default="memory", repr=False)
    profile: Profile | None = None
    instance: str = field(default_factory=partial(secrets.token_hex, 4))

    @property
    def control_open(self) -> bool:
        """Whether the control API is served: beyond loopback only with an admin token."""
        return self.control and (self.admin_token is not None or is_loopback(self.host))


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a server that listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# JavaScript, and so the page, counts exactly up to 2**53.
Count = Annotated[int, Meta(ge=0, le=2**53)]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]


class PastSize(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The size of an account's past, in a file or a call of the control API."""

    images: Annotated[int, Meta(ge=1, le=KEPT)]
    days: Annotated[int, Meta(ge=1, le=365)] = 1

    @property
    def history(self) -> History:
        """The same for the domain."""
        return History(self.images, self.days)


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    credits: Count | None = None
    daily_limit: Count | None = None
    used_today: Count | None = None
    generation_time: Seconds | None = None
    lock: LockValue | UnsetType = UNSET
    valid: bool = True
    clock: str | None = None
    faults: list[dict[str, Any]] = []
    history: PastSize | None = None
    sandbox: bool | None = None
    scope: list[str] | None = None


class _Defaults(msgspec.Struct, forbid_unknown_fields=True):
    credits: Count
    daily_limit: Count


class _Accounts(msgspec.Struct, forbid_unknown_fields=True):
    defaults: _Defaults
    accounts: dict[str, _Entry] = {}


class _Scenario(_Entry, forbid_unknown_fields=True):
    title: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named state of an account. apply: returns an account with the values of the scenario."""

    title: str
    description: str
    apply: Callable[[Account], Account]


def read_accounts(path: Path, contract: Contract, closed: bool = False) -> Accounts:
    """Return the accounts in a file; raise ConfigurationError. closed: refuse all other tokens."""
    content = read_file(path)
    try:
        data = decode(content, _Accounts)
    except DecodingError as error:
        raise ConfigurationError(f"{path}: {_without_tokens(str(error), content)}") from error
    default = Account(data.defaults.credits, data.defaults.daily_limit)
    listed = {}
    for token, entry in data.accounts.items():
        try:
            listed[token] = _account(entry, default, contract)
        except ValueError as error:
            raise ConfigurationError(f"{path}: accounts.{_shown(token)}: {error}") from error
    return Accounts(listed, default, closed)


def _without_tokens(message: str, content: Any) -> str:
    """Return the message with the tokens masked that are the keys of the accounts."""
    accounts = content.get("accounts") if isinstance(content, Mapping) else None
    for token in accounts if isinstance(accounts, Mapping) else ():
        message = message.replace(f"accounts.{token}.", f"accounts.{_shown(str(token))}.")
    return message


def _shown(token: str) -> str:
    """Return a token as messages show it: a short one is none of the real service."""
    return token if len(token) <= _MAX_PLAIN_CHARACTERS else masked(token)


def read_scenario(path: Path, contract: Contract) -> Scenario:
    """Return the scenario in a file, or the ready-made one of that name; raise ConfigurationError."""
    if not path.exists() and str(path) in ready_made_scenarios():
        return ready_made_scenario(str(path), contract)
    if not path.exists() and not path.suffix:  # a name, not a file
        raise ConfigurationError(f"unknown scenario {path}{suggestion(str(path), ready_made_scenarios())}")
    content = read_file(path)
    try:
        return make_scenario(content, contract)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from error


def ready_made_scenario(name: str, contract: Contract) -> Scenario:
    """Return the ready-made scenario of that name; raise ConfigurationError."""
    return read_scenario(resources.SCENARIOS / f"{name}.yaml", contract)


def make_scenario(data: Any, contract: Contract) -> Scenario:
    """Return the scenario that parsed data describes; raise ConfigurationError."""
    try:
        entry = decode(data, _Scenario, "the scenario")
        # Applied once now, so that a bad value is reported while the file is read.
        _account(entry, Account(0, 0), contract)
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
    return Scenario(entry.title, entry.description, lambda account: _account(entry, account, contract))


def ready_made_scenarios() -> list[str]:
    """Return the names of the ready-made scenarios."""
    return sorted(path.stem for path in resources.SCENARIOS.glob("*.yaml"))


def read_file(path: Path) -> Any:
    """Return the content of a YAML file; raise ConfigurationError."""
    try:
        return read_yaml(path, by_hand=True)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except (ContractError, UnicodeDecodeError) as error:
        raise ConfigurationError(" ".join(str(error).split())) from error


def _scope(names: list[str], contract: Contract) -> tuple[str, ...]:
    """Return the operations that a key may call; raise ValueError."""
    known = [operation.id for operation in contract.operations]
    for name in names:
        if name not in known:
            raise ValueError(f"unknown operation {name}{suggestion(name, known)}")
    return tuple(names)


def _account(entry: _Entry, base: Account, contract: Contract) -> Account:
    """Return `base` with the values that the entry sets; raise ValueError."""
    values: dict[str, Any] = {
        "credits": entry.credits,
        "daily_limit": entry.daily_limit,
        "used_today": entry.used_today,
        "generation_seconds": entry.generation_time,
        "valid": None if entry.valid else False,
        "stopped_at": from_iso(entry.clock) if entry.clock else None,
        "faults": make_plans(entry.faults, contract) or None,
        "history": entry.history.history if entry.history else None,
        "sandbox": entry.sandbox,
        "scope": None if entry.scope is None else _scope(entry.scope, contract),
    }
    if entry.lock is not UNSET:
        base = replace(base, lock=read_lock(entry.lock, _HOLDER))
    return replace(base, **{name: value for name, value in values.items() if value is not None})

"""Configuration files: accounts and behaviour. What is wrong in one is said with its place."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from .contract import ContractError, Rules, read_yaml
from .domain.accounts import Account, Accounts
from .domain.behaviour import Behaviour


class ConfigurationError(ValueError):
    """A configuration file says something that is not understood. The message says where."""


_Count = Annotated[int, Meta(ge=0)]
_Seconds = Annotated[float, Meta(ge=0, le=86_400)]


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    credits: _Count | None = None
    daily_limit: _Count | None = None
    used_today: _Count = 0
    generation_time: _Seconds | None = None
    lock: Literal["forever"] | None = None
    valid: bool = True


class _Defaults(msgspec.Struct, forbid_unknown_fields=True):
    credits: _Count
    daily_limit: _Count


class _Accounts(msgspec.Struct, forbid_unknown_fields=True):
    defaults: _Defaults
    accounts: dict[str, _Entry] = {}


def read_accounts(path: Path, closed: bool = False) -> Accounts:
    """Return the accounts that a file lists; raise ConfigurationError."""
    try:
        data = msgspec.convert(_read(path), _Accounts)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    listed = {token: _account(entry, data.defaults) for token, entry in data.accounts.items()}
    return Accounts(listed, _account(_Entry(), data.defaults), closed)


def read_behaviour(path: Path | None, rules: Rules) -> Behaviour:
    """Return the default behaviour, with what a file overrides; raise ConfigurationError."""
    values = {name: setting.default for name, setting in rules.settings.items()}
    overrides = _read(path) or {} if path else {}
    if not isinstance(overrides, Mapping):
        raise ConfigurationError(f"{path}: expected settings by name, as in 'lock_seconds: 10'")
    for name, value in overrides.items():
        if name not in rules.settings:
            raise ConfigurationError(f"{path}: {name} is no setting{_suggestion(str(name), list(values))}")
        if not rules.settings[name].accepts(value):
            raise ConfigurationError(f"{path}: {name} takes {rules.settings[name].takes}, not {value!r}")
    return Behaviour(**{**values, **overrides})


def _read(path: Path) -> Any:
    try:
        return read_yaml(path)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except (ContractError, UnicodeDecodeError) as error:
        raise ConfigurationError(" ".join(str(error).split())) from error


def _account(entry: _Entry, defaults: _Defaults) -> Account:
    return Account(
        credits=defaults.credits if entry.credits is None else entry.credits,
        daily_limit=defaults.daily_limit if entry.daily_limit is None else entry.daily_limit,
        used_today=entry.used_today,
        generation_seconds=entry.generation_time,
        locked=entry.lock == "forever",
        valid=entry.valid,
    )


def _suggestion(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"

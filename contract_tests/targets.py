"""The target file: where the service is, which accounts may be used, and how much may be spent."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import yaml

from contract_tests.errors import UsageError
from contract_tests.secret import Secret

ROLES = ("primary", "secondary", "empty", "low", "limited", "almost_limited", "slow", "busy", "invalid")
_FIGURES = {"low": "credits", "almost_limited": "images_left"}


@dataclass(frozen=True)
class Account:
    """A token and what is known of its account: the balance of `low`, the images that `almost_limited` has left."""

    role: str
    token: Secret
    figure: int = 0


@dataclass(frozen=True)
class Budget:
    credits: int = 40
    seconds: float = 600
    requests_per_second: float = 5


@dataclass(frozen=True)
class Target:
    base_url: str
    accounts: Mapping[str, Account]
    control: Literal["none", "mock"] = "none"
    uploads_base: str | None = None
    lock_scope: Literal["account", "global"] = "account"
    budget: Budget = Budget()
    ca_bundle: Path | None = None

    @property
    def origin(self) -> str:
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def uploads(self) -> str:
        return (self.uploads_base or self.origin).rstrip("/") + "/"

    @property
    def loopback(self) -> bool:
        host = urlsplit(self.base_url).hostname or ""
        return host in {"localhost", "::1"} or host.startswith("127.")


def simple_target(base_url: str, token: str) -> Target:
    """The target that `--base-url` and `--token` describe."""
    reader = _Reader("--base-url/--token", {"base_url": base_url})
    return Target(reader.url("base_url"), {"primary": Account("primary", Secret(token))})


def load_target(path: Path) -> Target:
    """Read a target file, or raise a UsageError that names the file and the key."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: the target file cannot be read: {getattr(error, 'strerror', error)}.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise UsageError(f"{path}: the target file is not valid YAML{where}.") from None
    return _target(_Reader(str(path), content), path.parent)


def _target(reader: "_Reader", folder: Path) -> Target:
    reader.only("base_url", "accounts", "control", "uploads_base", "lock", "budget", "tls")
    bundle = reader.part("tls", "ca_bundle").text("ca_bundle", optional=True)
    return Target(
        base_url=reader.url("base_url"),
        accounts=_accounts(reader.part("accounts", *ROLES)),
        control=cast("Literal['none', 'mock']", reader.choice("control", "none", "mock")),
        uploads_base=reader.url("uploads_base") if reader.has("uploads_base") else None,
        lock_scope=cast(
            "Literal['account', 'global']", reader.part("lock", "scope").choice("scope", "account", "global")
        ),
        budget=_budget(reader.part("budget", "credits", "seconds", "requests_per_second")),
        ca_bundle=_existing(reader, folder / bundle) if bundle else None,
    )


def _existing(reader: "_Reader", path: Path) -> Path:
    if not path.is_file():
        raise reader.wrong("tls.ca_bundle", f"no such file: {path}")
    return path


def _budget(reader: "_Reader") -> Budget:
    default = Budget()
    return Budget(
        credits=int(reader.number("credits", default.credits, whole=True, least=0)),
        seconds=reader.number("seconds", default.seconds, least=1),
        requests_per_second=reader.number("requests_per_second", default.requests_per_second, least=0.01),
    )


def _accounts(reader: "_Reader") -> Mapping[str, Account]:
    if not reader.has("primary"):
        raise reader.wrong("primary", "is missing; it takes {token_env: NAME} or {token: …}")
    return {role: _account(role, reader) for role in ROLES if reader.has(role)}


def _account(role: str, accounts: "_Reader") -> Account:
    figure = _FIGURES.get(role)
    reader = accounts.part(role, "token", "token_env", *([figure] if figure else []))
    return Account(role, _token(reader), int(reader.number(figure, 1, whole=True, least=1)) if figure else 0)


def _token(reader: "_Reader") -> Secret:
    if reader.has("token") == reader.has("token_env"):
        raise reader.wrong("token", "give exactly one of token and token_env")
    if reader.has("token"):
        return Secret(reader.text("token"))
    name = reader.text("token_env")
    value = os.environ.get(name, "")
    if not value:
        raise reader.wrong("token_env", f"the environment variable {name} is not set; it takes the account's token")
    return Secret(value)


class _Reader:
    """Typed access to one mapping of the file; every complaint names the file and the key."""

    def __init__(self, where: str, content: Any, prefix: str = "") -> None:
        self._where, self._prefix = where, prefix
        if not isinstance(content, dict):
            raise self.wrong("", "takes keys and values")
        self._content = content

    def wrong(self, key: str, complaint: str) -> UsageError:
        name = f"{self._prefix}{key}".rstrip(".")
        return UsageError(f"{self._where}: {name}: {complaint}." if name else f"{self._where}: {complaint}.")

    def only(self, *known: str) -> None:
        for key in self._content:
            if key not in known:
                raise self.wrong(str(key), f"unknown key; known here: {', '.join(known)}")

    def has(self, key: str) -> bool:
        return self._content.get(key) is not None

    def part(self, key: str, *known: str) -> "_Reader":
        part = _Reader(self._where, self._content.get(key) or {}, f"{self._prefix}{key}.")
        part.only(*known)
        return part

    def text(self, key: str, *, optional: bool = False) -> str:
        value = self._content.get(key)
        if value is None and optional:
            return ""
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self.wrong(key, "takes a text on one line")
        return value.strip()

    def url(self, key: str) -> str:
        value = self._content.get(key)
        try:
            parts = urlsplit(value) if isinstance(value, str) else None
            valid = bool(parts and parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0)
        except ValueError:
            valid = False
        if not valid:
            raise self.wrong(key, "takes an http or https URL, for example http://127.0.0.1:8010/api/v1")
        return str(value).rstrip("/")

    def choice(self, key: str, *choices: str) -> str:
        value = self._content.get(key, choices[0])
        if value not in choices:
            raise self.wrong(key, f"takes one of {', '.join(choices)}")
        return str(value)

    def number(self, key: str, default: float, *, whole: bool = False, least: float) -> float:
        value = self._content.get(key, default)
        kinds = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not value >= least:
            raise self.wrong(key, f"takes {'a whole number' if whole else 'a number'} of at least {least}")
        return value

"""The target file: where the service is, which accounts may be used, and how much may be spent."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

import yaml

from contract_tests.client.masking import Secret
from contract_tests.errors import UsageError
from contract_tests.runner.keys import Keys

ROLES = ("primary", "secondary", "empty", "low", "limited", "almost_limited", "slow", "busy", "invalid")
_TOKEN = ("token", "token_env")
_FIGURES = {"low": "credits", "almost_limited": "images_left"}


@dataclass(frozen=True)
class Account:
    """A token and what is known of its account: the balance of `low`, the images that `almost_limited` has left."""

    role: str
    token: Secret | None
    figure: int = 0

    @property
    def secret(self) -> Secret:
        """The token of an account that has one."""
        if self.token is None:
            raise LookupError(f"the account {self.role} has no token")
        return self.token


@dataclass(frozen=True)
class Budget:
    """The most that a run may take: credits, images of the day (None: any number), seconds, and requests a second."""

    credits: int = 40
    seconds: float = 600
    requests_per_second: float = 5
    images: int | None = None


@dataclass(frozen=True)
class Timeouts:
    """How long to wait, in seconds: for a connection, for a reply, and for the reply to a generation."""

    connect: float = 10
    reply: float = 30
    generation: float = 120


@dataclass(frozen=True)
class Target:
    base_url: str
    accounts: Mapping[str, Account]
    control: Literal["none", "mock"] = "none"
    admin_token: Secret | None = None
    uploads_base: str | None = None
    lock_scope: Literal["account", "global"] = "account"
    budget: Budget = Budget()
    ca_bundle: Path | None = None
    timeouts: Timeouts = Timeouts()

    @property
    def secrets(self) -> Sequence[Secret]:
        """All that must not be told."""
        tokens = [account.token for account in self.accounts.values()]
        return [token for token in (*tokens, self.admin_token) if token]

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
    """The target that `--base-url` and `--token` describe; of a remote one, others may hold the lock."""
    reader = Keys("--base-url/--token", {"base_url": base_url})
    target = Target(reader.url("base_url"), {"primary": Account("primary", Secret(token))})
    return target if target.loopback else replace(target, lock_scope="global")


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
    return _target(Keys(str(path), content), path.parent)


def _target(reader: Keys, folder: Path) -> Target:
    reader.only("base_url", "accounts", "control", "admin_token", "uploads_base", "lock", "budget", "tls", "timeouts")
    bundle = reader.part("tls", "ca_bundle").text("ca_bundle", optional=True)
    return Target(
        base_url=reader.url("base_url"),
        accounts=_accounts(reader.part("accounts", *ROLES)),
        control=cast("Literal['none', 'mock']", reader.choice("control", "none", "mock")),
        admin_token=_token(reader.part("admin_token", *_TOKEN)) if reader.has("admin_token") else None,
        uploads_base=reader.url("uploads_base") if reader.has("uploads_base") else None,
        lock_scope=cast(
            "Literal['account', 'global']", reader.part("lock", "scope").choice("scope", "account", "global")
        ),
        budget=_budget(reader.part("budget", "credits", "seconds", "requests_per_second", "images")),
        ca_bundle=_existing(reader, folder / bundle) if bundle else None,
        timeouts=_timeouts(reader.part("timeouts", "connect", "reply", "generation")),
    )


def _existing(reader: Keys, path: Path) -> Path:
    if not path.is_file():
        raise reader.wrong("tls.ca_bundle", f"no such file: {path}")
    return path


def _budget(reader: Keys) -> Budget:
    default = Budget()
    return Budget(
        credits=int(reader.number("credits", default.credits, whole=True, least=0)),
        seconds=reader.number("seconds", default.seconds, least=1),
        requests_per_second=reader.number("requests_per_second", default.requests_per_second, least=0.01),
        images=int(reader.number("images", 0, whole=True, least=0)) if reader.has("images") else None,
    )


def _timeouts(reader: Keys) -> Timeouts:
    default = Timeouts()
    return Timeouts(
        connect=reader.number("connect", default.connect, least=0.1),
        reply=reader.number("reply", default.reply, least=0.1),
        generation=reader.number("generation", default.generation, least=0.1),
    )


def _accounts(reader: Keys) -> Mapping[str, Account]:
    if not reader.has("primary"):
        raise reader.wrong("primary", "is missing; it takes {token_env: NAME} or {token: …}")
    return {role: _account(role, reader) for role in ROLES if reader.has(role)}


def _account(role: str, accounts: Keys) -> Account:
    figure = _FIGURES.get(role)
    reader = accounts.part(role, *_TOKEN, *([figure] if figure else []))
    return Account(role, _token(reader), int(reader.number(figure, 1, whole=True, least=1)) if figure else 0)


def _token(reader: Keys) -> Secret:
    if reader.has("token") == reader.has("token_env"):
        raise reader.wrong("token", "give exactly one of token and token_env")
    if reader.has("token"):
        return Secret(reader.text("token"))
    name = reader.text("token_env")
    value = os.environ.get(name, "")
    if not value:
        raise reader.wrong("token_env", f"the environment variable {name} is not set; it takes the token")
    return Secret(value)

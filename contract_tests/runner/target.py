"""The target file: where the service is, which accounts may be used, and how much may be spent."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from contract_tests.client.masking import Secret
from contract_tests.errors import UsageError
from contract_tests.runner.decoding import OneLine, Url, decode, read_yaml

Count = Annotated[int, Meta(ge=0)]
AtLeastOne = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0.1)]


@dataclass(frozen=True)
class Account:
    """A token and one number about its account: the credits of `low`, the images left of `almost_limited`.

    sandbox: whether nothing is charged and no daily limit applies [SANDBOX].
    """

    role: str
    token: Secret | None
    figure: int = 0
    sandbox: bool = False

    @property
    def secret(self) -> Secret:
        """The token of an account that has one; raises LookupError for another."""
        if self.token is None:
            raise LookupError(f"the account {self.role} has no token")
        return self.token


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of a run: credits, images (None: any number), seconds, and requests a second."""

    credits: Count = 40
    seconds: Annotated[float, Meta(ge=1)] = 600
    requests_per_second: Annotated[float, Meta(ge=0.01)] = 5
    images: Count | None = None


class Timeouts(Struct, frozen=True, forbid_unknown_fields=True):
    """The seconds to wait for a connection, a reply, and the reply to a generation."""

    connect: Seconds = 10
    reply: Seconds = 30
    generation: Seconds = 120


@dataclass(frozen=True)
class Target:
    base_url: str
    accounts: Mapping[str, Account]
    control: Literal["none", "mock"] = "none"
    admin_token: Secret | None = None
    uploads_base: str | None = None
    lock_scope: Literal["account", "global"] = "account"
    budget: Limits = field(default_factory=Limits)
    ca_bundle: Path | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)

    @property
    def secrets(self) -> Sequence[Secret]:
        """Everything that no output may contain."""
        tokens = [account.token for account in self.accounts.values()]
        return [token for token in (*tokens, self.admin_token) if token]

    @property
    def charged(self) -> frozenset[str]:
        """The roles whose accounts pay for images and have a daily limit."""
        return frozenset(role for role, account in self.accounts.items() if not account.sandbox)

    @property
    def origin(self) -> str:
        return origin_of(self.base_url)

    @property
    def uploads(self) -> str:
        return (self.uploads_base or self.origin).rstrip("/") + "/"

    @property
    def loopback(self) -> bool:
        host = urlsplit(self.base_url).hostname or ""
        return host in {"localhost", "::1"} or host.startswith("127.")


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class _Token(Struct, forbid_unknown_fields=True):
    token: Secret | None = None
    token_env: OneLine | None = None

    def read(self, where: str) -> Secret:
        """Return the token, or the value of its variable; raise UsageError. where: the file and key."""
        if (self.token is None) == (self.token_env is None):
            raise UsageError(f"{where}.token: give exactly one of token and token_env.")
        if self.token is not None:
            return self.token
        value = os.environ.get(str(self.token_env), "")
        if not value:
            raise UsageError(
                f"{where}.token_env: the environment variable {self.token_env} is not set; it takes the token."
            )
        return Secret(value)


class _Account(_Token):
    sandbox: bool = False


class _LowAccount(_Account):
    credits: AtLeastOne = 1


class _AlmostLimitedAccount(_Account):
    images_left: AtLeastOne = 1


class _Accounts(Struct, forbid_unknown_fields=True):
    primary: Annotated[_Account, Meta(description="{token_env: NAME} or {token: …}")]
    secondary: _Account | None = None
    empty: _Account | None = None
    low: _LowAccount | None = None
    limited: _Account | None = None
    almost_limited: _AlmostLimitedAccount | None = None
    slow: _Account | None = None
    busy: _Account | None = None
    invalid: _Account | None = None


class _Lock(Struct, forbid_unknown_fields=True):
    scope: Literal["account", "global"] = "account"


class _Tls(Struct, forbid_unknown_fields=True):
    ca_bundle: OneLine | None = None


class _TargetFile(Struct, forbid_unknown_fields=True):
    base_url: Annotated[Url, Meta(description="an http or https URL")]
    accounts: _Accounts
    control: Literal["none", "mock"] = "none"
    admin_token: _Token | None = None
    uploads_base: Url | None = None
    lock: _Lock | None = None
    budget: Limits | None = None
    tls: _Tls | None = None
    timeouts: Timeouts | None = None


ROLES = _Accounts.__struct_fields__
# The roles whose generations are refused for lack of credits, or by the daily limit.
REFUSED = ("empty", "limited")


def simple_target(base_url: str, token: str) -> Target:
    """Return the target of `--base-url` and `--token`."""
    target = Target(str(decode("--base-url", base_url, Url)), {"primary": Account("primary", Secret(token))})
    # The lock of a remote service may be shared, and a 409 then be due to another client.
    return target if target.loopback else replace(target, lock_scope="global")


def load_target(path: Path) -> Target:
    """Return the target in a file; raise UsageError with the file and the key."""
    file = decode(path, read_yaml(path, "the target file"), _TargetFile)
    bundle = file.tls.ca_bundle if file.tls else None
    return Target(
        base_url=str(file.base_url),
        accounts=dict(_accounts(path, file.accounts)),
        control=file.control,
        admin_token=file.admin_token.read(f"{path}: admin_token") if file.admin_token else None,
        uploads_base=str(file.uploads_base) if file.uploads_base else None,
        lock_scope=(file.lock or _Lock()).scope,
        budget=file.budget or Limits(),
        ca_bundle=_existing(path, bundle) if bundle else None,
        timeouts=file.timeouts or Timeouts(),
    )


def _accounts(path: Path, accounts: _Accounts) -> Iterator[tuple[str, Account]]:
    for role in ROLES:
        if entry := getattr(accounts, role):
            figure = getattr(entry, "credits", 0) or getattr(entry, "images_left", 0)
            yield role, Account(role, entry.read(f"{path}: accounts.{role}"), figure, entry.sandbox)


def _existing(path: Path, bundle: str) -> Path:
    file = path.parent / bundle
    if not file.is_file():
        raise UsageError(f"{path}: tls.ca_bundle: no such file: {file}.")
    return file

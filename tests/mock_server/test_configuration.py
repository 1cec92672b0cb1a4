"""Configuration files, good and bad, and settings."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from mock_server import resources
from mock_server.app import contract, create_app
from mock_server.configuration import (
    ConfigurationError,
    is_loopback,
    read_accounts,
    read_scenario,
    ready_made_scenarios,
)
from mock_server.domain.accounts import Account
from mock_server.domain.clock import SECOND, from_iso
from mock_server.domain.history import History
from support.asgi import call
from support.clocks import START
from support.mock import settings


def write(folder: Path, text: str) -> Path:
    path = folder / "file.yaml"
    path.write_text(text)
    return path


def test_the_ready_made_accounts() -> None:
    accounts = read_accounts(resources.ACCOUNTS, contract())
    assert accounts.default == Account(credits=100, daily_limit=50)
    assert set(accounts.listed) == {
        "demo",
        "demo-empty",
        "demo-low",
        "demo-limited",
        "demo-almost-limited",
        "demo-busy",
        "demo-slow",
        "demo-invalid",
        "demo-history",
        "demo-sandbox",
    }
    assert accounts.listed["demo-slow"].generation_seconds == 12
    assert accounts.find("demo-invalid") is None
    assert accounts.listed["demo-history"].history == History(25, 3)


def test_closed_accounts_refuse_unlisted_tokens() -> None:
    accounts = read_accounts(resources.ACCOUNTS, contract(), closed=True)
    assert accounts.find("demo")
    assert accounts.find("any-other") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file takes an object with defaults, accounts, not null"),
        ("defaults: {credits: 1}", "defaults.daily_limit is missing; it takes an integer from 0"),
        (
            "defaults: {credits: -1, daily_limit: 1}",
            "defaults.credits takes an integer from 0 to 9007199254740992, not -1",
        ),
        (
            "defaults: {credits: 1, daily_limit: 1}\naccounts: {a: {credit: 1}}",
            "accounts.a.credit: unknown key; did you mean credits?",
        ),
        (
            "defaults: {credits: 1, daily_limit: 1}\naccounts: {a: {lock: once}}",
            "accounts.a: lock takes forever, an instant, or none: 'once' is not a time",
        ),
        ("a: [", "is not YAML"),
        ("a: !!python/object:os.system {}", "is not YAML"),
    ],
)
def test_invalid_accounts(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_accounts(write(tmp_path, text), contract())
    assert str(tmp_path) in str(caught.value)
    assert message in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere.yaml cannot be read: No such file"):
        read_accounts(tmp_path / "nowhere.yaml", contract())


def test_every_ready_made_scenario_has_a_title_and_a_description() -> None:
    assert len(ready_made_scenarios()) >= 6
    for name in ready_made_scenarios():
        scenario = read_scenario(Path(name), contract())
        assert scenario.title
        assert scenario.description.endswith(".")
        assert scenario.apply(Account(100, 50)) != Account(100, 50)


def test_accounts_may_have_faults_and_a_frozen_clock(tmp_path: Path) -> None:
    entry = "{clock: '2026-02-26T10:00:00Z', faults: [{fault: drop}]}"
    text = f"defaults: {{credits: 1, daily_limit: 2}}\naccounts: {{a: {entry}}}"
    account = read_accounts(write(tmp_path, text), contract()).listed["a"]
    assert account.stopped_at == from_iso("2026-02-26T10:00:00Z")
    assert [plan.fault for plan in account.faults] == ["drop"]


def test_instants_need_no_quotes(tmp_path: Path) -> None:
    entry = "{clock: 2026-02-26T10:00:00Z, lock: 2026-02-26T10:00:05Z}"
    text = f"defaults: {{credits: 1, daily_limit: 1}}\naccounts: {{a: {entry}}}"
    account = read_accounts(write(tmp_path, text), contract()).find("a")
    assert account is not None
    assert account.lock is not None
    assert (account.stopped_at, account.lock.until) == (START, START + 5 * SECOND)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)
    assert settings(host=host).control_open


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.com", ""])
def test_beyond_loopback(host: str) -> None:
    assert not is_loopback(host)
    assert not settings(host=host).control_open
    assert settings(host=host, admin_token="t").control_open
    assert not settings(host=host, admin_token="t", control=False).control_open


def test_a_key_with_a_scope_calls_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "accounts.yaml"
    path.write_text("defaults: {credits: 1, daily_limit: 1}\naccounts: {narrow: {scope: [getVersions]}}\n")
    accounts = read_accounts(path, contract())
    app = create_app(replace(settings(), accounts=accounts))
    statuses = [
        asyncio.run(call(app, "GET", f"/api/v1/aiimage/{name}", "narrow")).status
        for name in ("versions", "recent-images")
    ]
    assert statuses == [200, 403]
    path.write_text("defaults: {credits: 1, daily_limit: 1}\naccounts: {narrow: {scope: [getVersion]}}\n")
    with pytest.raises(ConfigurationError, match="unknown operation getVersion; did you mean getVersions"):
        read_accounts(path, contract())


@pytest.mark.parametrize("text", ["defaults: {credits: 1, credits: 2, daily_limit: 1}", "defaults: {}\ndefaults: {}"])
def test_a_duplicate_key_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"duplicate key (credits|defaults) .*line [12]"):
        read_accounts(write(tmp_path, text), contract())

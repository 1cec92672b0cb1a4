from pathlib import Path

import pytest

from contract_tests.client.masking import Secret
from contract_tests.errors import UsageError
from contract_tests.oracle import resources
from contract_tests.runner.target import load_target, simple_target

VALID = """
base_url: http://127.0.0.1:8010/api/v1/
accounts:
  primary: {token: a-token}
  low: {token: another, credits: 3}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "target.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_accounts_and_adds_the_defaults(tmp_path: Path) -> None:
    target = load_target(write(tmp_path, VALID))
    assert target.base_url == "http://127.0.0.1:8010/api/v1"
    assert type(target.base_url) is str  # schemathesis takes no subclass
    assert target.accounts["primary"].token == Secret("a-token")
    assert target.accounts["low"].figure == 3
    assert (target.control, target.lock_scope, target.budget.credits) == ("none", "account", 40)
    assert target.uploads == "http://127.0.0.1:8010/"


def test_an_account_can_be_a_sandbox(tmp_path: Path) -> None:
    target = load_target(write(tmp_path, VALID.replace("credits: 3", "credits: 3, sandbox: true")))
    assert target.accounts["low"].sandbox
    assert target.charged == {"primary"}


def test_reads_the_token_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "from-outside")
    path = write(tmp_path, "base_url: http://h/api\naccounts: {primary: {token_env: SOME_TOKEN}}")
    assert load_target(path).accounts["primary"].secret.reveal() == "from-outside"


def test_the_admin_token_of_a_mock_is_a_secret_like_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN", "s3cret")
    target = load_target(write(tmp_path, f"{VALID}control: mock\nadmin_token: {{token_env: ADMIN}}\n"))
    assert target.admin_token == Secret("s3cret")
    assert set(target.secrets) == {Secret("a-token"), Secret("another"), Secret("s3cret")}


@pytest.mark.parametrize("name", ["mock.yaml", "real.yaml"])
def test_reads_the_targets_of_the_project(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIIMAGE_TOKEN", "a-token")
    assert "primary" in load_target(resources.fixture("targets", name)).accounts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "takes keys and values"),
        ("base_url: [", "not valid YAML at line"),
        ("accounts: {primary: {token: t}}", "base_url: is missing; it takes an http or https URL"),
        ("base_url: ftp://h\naccounts: {primary: {token: t}}", "base_url: takes an http or https URL"),
        ("base_url: http://h:99999\naccounts: {primary: {token: t}}", "base_url: takes an http or https URL"),
        ("base_url: http://h\naccounts: {}", "accounts.primary: is missing; it takes {token_env: NAME} or {token: …}."),
        ("base_url: http://h\naccounts: {primary: {token: t}}\nadmin_token: t", "admin_token: takes keys and values"),
        (
            "base_url: http://h\naccounts: {primary: {token: t}}\nadmin_token: {token: t, credits: 1}",
            "admin_token.credits: unknown key",
        ),
        ("base_url: http://h\naccounts: {primary: {}}", "accounts.primary.token: give exactly one"),
        (
            "base_url: http://h\naccounts: {primary: {token: t, token_env: T}}",
            "accounts.primary.token: give exactly one",
        ),
        ("base_url: http://h\naccounts: {primary: {token: 5}}", "accounts.primary.token: takes a text"),
        ("base_url: http://h\naccounts: {primary: {token_env: NOT_SET_HERE}}", "variable NOT_SET_HERE is not set"),
        ("base_url: http://h\naccounts: {primary: {token: t, credits: 1}}", "accounts.primary.credits: unknown key"),
        ("base_url: http://h\naccounts: {primary: {token: t}, tertiary: {token: t}}", "accounts.tertiary: unknown key"),
        (
            "base_url: http://h\naccounts: {primary: {token: t}}\nspeed: 3",
            "speed: unknown key; known here: base_url,",
        ),
        ("base_url: http://h\naccounts: {primary: {token: t}}\nbuget: {}", "buget: unknown key; did you mean budget?"),
        ("base_url: http://h\naccounts: {primary: {token: t}}\ncontrol: full", "control: takes one of none, mock"),
        ("base_url: http://h\naccounts: {primary: {token: t}}\nlock: {scope: x}", "lock.scope: takes one of"),
        (
            "base_url: http://h\naccounts: {primary: {token: t}}\nbudget: {credits: 1.5}",
            "budget.credits: takes a whole",
        ),
        (
            "base_url: http://h\naccounts: {primary: {token: t}}\nbudget: {seconds: soon}",
            "budget.seconds: takes a number",
        ),
        (
            "base_url: http://h\naccounts: {primary: {token: t}}\ntls: {ca_bundle: no.pem}",
            "tls.ca_bundle: no such file",
        ),
    ],
)
def test_an_error_names_the_file_and_the_key(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        load_target(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_an_error_names_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.yaml: the target file cannot be read"):
        load_target(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:1/a", True),
        ("http://localhost/a", True),
        ("http://[::1]:1/a", True),
        ("https://a.org/a", False),
    ],
)
def test_recognizes_loopback(url: str, loopback: bool) -> None:
    assert simple_target(url, "t").loopback is loopback

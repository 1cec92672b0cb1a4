import re
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from contract_tests.client.trust import VARIABLES
from contract_tests.errors import UsageError
from contract_tests.runner import cli
from contract_tests.runner.cli import main
from contract_tests.runner.settings import parse_only
from support.listening import Handler, listening

MINE = ("--base-url", "http://127.0.0.1:9/api/v1", "--token", "t")
REMOTE = ("--base-url", "https://images.invalid/api/v1", "--token", "t")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AIIMAGE_TOKEN", raising=False)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize("command", ["run", "plan"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "exactly one of --target FILE and --base-url URL"),
        (("--target", "t.yaml", *MINE), "exactly one of --target FILE and --base-url URL"),
        (("--target", "t.yaml"), "t.yaml: the target file cannot be read: No such file or directory"),
        (("--target", "t.yaml", "--token", "t"), "--token requires --base-url"),
        (MINE[:2], "--base-url needs --token TOKEN, --token-env NAME, or the environment variable AIIMAGE_TOKEN"),
        (("--base-url", "nowhere", "--token", "t"), "takes an http or https URL"),
        ((*MINE, "--only", "LOCK-TWO"), "--only: no rule is called LOCK-TWO; the rules are AUTH, "),
        ((*MINE, "--only", ","), "--only: takes rule ids"),
        ((*MINE, "--max-credits", "-1"), "--max-credits"),
        ((*MINE, "--profile", "cheap"), "--profile"),
        ((*MINE, "--seed", "x"), "--seed"),
    ],
)
def test_bad_usage_is_one_sentence_and_status_2(command: str, arguments: tuple[str, ...], message: str) -> None:
    result = call(command, *arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("variables", "arguments", "message"),
    [
        ({"SSL_CERT_FILE": "no.pem"}, MINE, "the environment variable SSL_CERT_FILE: no such file: no.pem."),
        ({"SSL_CERT_DIR": "nowhere"}, MINE, "the environment variable SSL_CERT_DIR: no such file: nowhere."),
        ({"REQUESTS_CA_BUNDLE": "text"}, MINE, "text does not contain certificates in PEM form"),
        ({"CURL_CA_BUNDLE": "text"}, MINE, "text does not contain certificates in PEM form"),
        ({"HTTPS_PROXY": "socks5://u:word@h:1"}, MINE, "the proxy socks5://h:1 needs a package: pip install"),
        ({"ALL_PROXY": "socks4://h:1"}, MINE, "ALL_PROXY: socks4://h:1 is not the URL of a proxy"),
        ({"HTTP_PROXY": "http://h:port"}, MINE, "HTTP_PROXY: http://h:port is not the URL of a proxy"),
        ({"HTTP_PROXY": "http://"}, MINE, "HTTP_PROXY: http:// is not the URL of a proxy"),
        ({"AIIMAGE_TOKEN": "t\nt"}, MINE[:2], "AIIMAGE_TOKEN: the token has a line end at position 2 of 3"),
        ({"MINE": "t…"}, (*MINE[:2], "--token-env", "MINE"), "MINE: the token has a character that is not printable"),
        ({}, (*MINE[:2], "--token-env", "MINE"), "--token-env: the environment variable MINE is not set"),
        ({}, (*MINE, "--token-env", "MINE"), "only one of --token and --token-env"),
        ({}, ("--target", "t.yaml", "--token-env", "MINE"), "--token-env requires --base-url"),
        ({}, ("--target", "ca.yaml"), "text does not contain certificates in PEM form"),
    ],
)
@pytest.mark.parametrize("command", ["run", "plan"])
def test_a_run_that_cannot_begin_ends_with_a_sentence_and_status_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    variables: dict[str, str],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    for name in (*VARIABLES, "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "text").write_text("not a certificate")
    (tmp_path / "ca.yaml").write_text(
        "{base_url: http://127.0.0.1:9/api/v1, accounts: {primary: {token: t}}, tls: {ca_bundle: text}}"
    )
    result = call(command, *arguments)
    assert result.exit_code == 2, result.output
    assert result.output.splitlines()[-1].startswith("Error: ")
    assert message in result.output
    assert "word" not in result.output


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://h/api/v1?x=1", "takes a URL without ? and #"),
        ("http://h/api/v1#x", "takes a URL without ? and #"),
        ("http://h/api v1", "takes an http or https URL"),
        ("http://h/api\n/v1", "takes an http or https URL"),
        ("http://a..b/api/v1", "takes an http or https URL"),
        ("http://user:word@h/api/v1", "takes a URL without a user and a password"),
    ],
)
def test_an_address_to_which_no_path_can_be_added_is_refused(url: str, message: str) -> None:
    result = call("run", "--base-url", url, "--token", "t")
    assert result.exit_code == 2
    assert f"Error: --base-url: {message}" in result.output
    assert "word@" not in result.output


def test_an_address_without_the_path_of_the_api_is_named() -> None:
    class Site(Handler):
        def answer(self) -> None:
            self.send(404, b"<h1>Not found</h1>", Content_Type="text/html")

    with listening(Site) as host:
        result = call("run", "--base-url", f" http://{host}/ ", "--token", "t")
    assert result.exit_code == 3
    assert "Does base_url lack /api/v1 at its end?" in result.output


def test_a_fault_of_the_suite_is_not_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise LookupError("no such thing")

    monkeypatch.setattr(cli, "make_settings", broken)
    result = call("plan", *MINE)
    assert result.exit_code == 3
    assert re.search(r"Error: A fault of the suite: LookupError: no such thing \(test_cli\.py:\d+\)\.", result.output)


def test_an_interrupted_command_did_not_find_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "make_settings", interrupted)
    assert call("plan", *MINE).exit_code == 3


def test_the_version_is_that_of_the_package() -> None:
    assert call("--version").output == f"aiimage-conform {version('aiimage-mock')}\n"


def test_a_paid_run_against_a_remote_service_requires_yes() -> None:
    result = call("run", *REMOTE)
    assert result.exit_code == 2
    assert re.search(r"may spend \d+ credits at https://images.invalid/api/v1: --yes allows it", result.output)


def test_a_report_folder_that_cannot_be_created_is_bad_usage(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    result = call("run", *MINE, "--report", "taken")
    assert result.exit_code == 2
    assert "--report: the folder taken cannot be created" in result.output


@pytest.mark.parametrize("command", ["run", "plan"])
def test_an_invalid_baseline_is_bad_usage(tmp_path: Path, command: str) -> None:
    (tmp_path / "accepted.yaml").write_text("- AUTH")
    result = call(command, *MINE, "--baseline", "accepted.yaml")
    assert result.exit_code == 2
    assert "Error: accepted.yaml: entry 1: takes keys and values" in result.output


def test_a_baseline_that_cannot_be_written_is_bad_usage(tmp_path: Path) -> None:
    result = call("run", *MINE, "--write-baseline", "nowhere/accepted.yaml")
    assert result.exit_code == 2
    assert "--write-baseline: nowhere/accepted.yaml cannot be written" in result.output


def test_plan_prints_the_cost_estimate_and_leaves_no_files(tmp_path: Path) -> None:
    result = call("plan", *REMOTE)
    assert result.exit_code == 0
    assert re.search(r"At worst \d+ credits, .* \d+ seconds; the run never spends more than 40 credits", result.output)
    assert "the target has no account slow" in result.output
    assert {path.name for path in tmp_path.iterdir()} <= {".hypothesis"}


def test_plan_of_some_rules_names_their_tests_only() -> None:
    result = call("plan", *MINE, "--only", "auth-401")
    assert "test_auth.py" in result.output
    assert "test_lock.py" not in result.output


def test_the_token_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIIMAGE_TOKEN", "t")
    assert call("plan", *MINE[:2], "--profile", "free").exit_code == 0


@pytest.mark.parametrize(
    ("command", "texts"),
    [
        ((), ["Exit status of run:", "aiimage-conform run --target"]),
        (("run",), ["Exit status of run:", "aiimage-conform run --target"]),
        (("plan",), ["aiimage-conform plan --target"]),
        (("compare",), ["Exit status of compare:", "aiimage-conform compare "]),
    ],
)
def test_help_has_the_exit_statuses_and_an_example(command: tuple[str, ...], texts: list[str]) -> None:
    output = call(*command, "--help").output
    assert [text for text in texts if text not in output] == []


@pytest.mark.parametrize("name", list(main.commands))
def test_every_command_has_an_example_and_help_for_each_option(name: str) -> None:
    command = main.commands[name]
    assert f"  aiimage-conform {name} " in call(name, "--help").output
    assert command.help
    assert [option.opts for option in command.params if isinstance(option, click.Option) and not option.help] == []


def test_rule_ids_can_be_lower_case() -> None:
    assert parse_only("auth, lock-one") == ("AUTH", "LOCK-ONE")
    assert parse_only(None) == ()
    with pytest.raises(UsageError):
        parse_only("")

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from contract_tests.errors import UsageError
from contract_tests.runner.cli import main
from contract_tests.runner.settings import parse_only

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

"""A quick part of the selftest, its expectations and its output."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from contract_tests.runner.cli import main
from contract_tests.wrong_servers.catalogue import CATALOGUE
from contract_tests.wrong_servers.expected import unexpected
from contract_tests.wrong_servers.trial import run_trial

QUICK = (
    "no-authentication",
    "versions-as-list",
    "lock-ignored",
    "always-available",
    "poor-as-402",
    "limit-as-403",
    "input-empty",
    "picture-missing",
    "source-not-needed",
    "recent-of-everybody",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_a_wrong_server_is_caught_by_the_rule_it_breaks(name: str) -> None:
    entry = CATALOGUE[name]
    trial = run_trial(entry, "control", 1, only=entry.rules)
    assert unexpected(entry, trial) is None
    assert trial.exit_status == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["empty", "echo", "always-fine", "garbage", "cuts-replies"])
def test_a_null_or_broken_server_never_passes(name: str) -> None:
    entry = CATALOGUE[name]
    trial = run_trial(entry, "black-box", 1, only=("AUTH", "VERSIONS", "CREDIT-419"))
    assert unexpected(entry, trial) is None
    assert trial.exit_status in {1, 3}


@pytest.mark.slow
def test_the_command_prints_the_matrix_and_writes_the_results(tmp_path: Path) -> None:
    report = tmp_path / "trials.json"
    arguments = ["selftest", "--mode", "black-box", "--only", "garbage,echo", "--jobs", "2", "--report", str(report)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "All results are as expected." in result.output
    assert '"name": "garbage"' in report.read_text(encoding="utf-8")


def test_an_unknown_name_is_named() -> None:
    result = CliRunner().invoke(main, ["selftest", "--only", "lock-ignored,unknown"])
    assert result.exit_code == 2
    assert "unknown server, kind or rule: unknown" in result.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("--only RECENT-OWN,VERSIONS", "All results are as expected."),
        ("--generated 12 --seed 3", "Not caught:"),
        ("--one-role --only AUTH,CREDIT-419", "one account shows"),
    ],
)
def test_a_sample_of_every_kind_of_run_is_as_expected(arguments: str, expected: str) -> None:
    result = CliRunner().invoke(main, ["selftest", "--jobs", "2", *arguments.split()])
    assert result.exit_code == 0, result.output
    assert expected in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--generated 0", "--generated"),
        ("--generated some", "--generated"),
        ("--generated all --only ORDER", "no generated server breaks this rule"),
        ("--one-role --only conforming", "none of these is a wrong server"),
    ],
)
def test_a_run_of_no_servers_is_bad_usage(arguments: str, message: str) -> None:
    result = CliRunner().invoke(main, ["selftest", *arguments.split()])
    assert result.exit_code == 2
    assert message in result.output

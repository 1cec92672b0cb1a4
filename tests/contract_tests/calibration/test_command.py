"""The command `aiimage-conform calibrate`, and the profile of a run."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from contract_tests.calibration.of_a_run import SuiteProfile
from contract_tests.calibration.questions import shown
from contract_tests.client.exchange import Exchange
from contract_tests.runner.cli import main
from contract_tests.runner.events import Observed
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from support.conformance import target

DEAD = ("calibrate", "--base-url", "http://127.0.0.1:9/api/v1", "--token", "a-token")


def invoked(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_a_service_that_cannot_be_reached_leaves_no_profile(tmp_path: Path) -> None:
    result = invoked(*DEAD, "--out", str(tmp_path / "profile.yaml"))
    assert result.exit_code == 3
    assert "Nothing answers at" in result.output
    assert not (tmp_path / "profile.yaml").exists()


def test_a_folder_that_does_not_exist_is_bad_usage(tmp_path: Path) -> None:
    result = invoked(*DEAD, "--out", str(tmp_path / "nowhere" / "profile.yaml"))
    assert result.exit_code == 2
    assert "--out" in result.output


def test_credits_of_a_remote_service_are_spent_only_if_allowed(tmp_path: Path) -> None:
    remote = ("calibrate", "--base-url", "https://api.invalid/api/v1", "--token", "a-token")
    result = invoked(*remote, "--out", str(tmp_path / "profile.yaml"), "--max-credits", "3")
    assert result.exit_code == 2
    assert "--yes" in result.output


def test_a_run_without_observations_writes_a_profile_without_values(tmp_path: Path) -> None:
    run = Run(Settings(target()))
    profile = SuiteProfile(tmp_path / "profile.yaml", run)
    assert profile.finish(1) == 1
    run.transport.close()
    content = yaml.safe_load((tmp_path / "profile.yaml").read_text(encoding="utf-8"))
    assert content.keys() == {"measured"}
    assert content["measured"]["values"] == {}
    assert "lock_release" in content["measured"]["open"]


def test_an_observation_without_a_number_of_its_exchange_is_a_fault() -> None:
    """Every exchange of a run has a number, since each is sent by its transport."""
    run = Run(Settings(target()))
    SuiteProfile(Path("profile.yaml"), run)
    exchange = Exchange("GET", "http://h/", "primary", None)
    with pytest.raises(KeyError):
        run.events.emit(Observed("a test", shown("lock_release"), "expiry", (exchange,)))
    run.transport.close()


@pytest.mark.parametrize("name", ["recording.json", "notes.txt"])
def test_neither_a_recording_nor_another_file_is_replaced(tmp_path: Path, name: str) -> None:
    kept = tmp_path / "kept"
    (kept / "exchanges").mkdir(parents=True)
    (kept / name).write_text("{}")
    (kept / "exchanges" / "0001-getVersions.json").write_text("{}")
    result = invoked(*DEAD, "--out", str(tmp_path / "profile.yaml"), "--recording", str(kept))
    assert result.exit_code == 2
    assert "--recording" in result.output
    assert {path.name for path in kept.iterdir()} == {name, "exchanges"}
    assert (kept / "exchanges" / "0001-getVersions.json").exists()


def test_the_file_of_a_run_needs_its_folder(tmp_path: Path) -> None:
    path = str(tmp_path / "nowhere" / "profile.yaml")
    result = invoked("run", *DEAD[1:], "--report", str(tmp_path / "report"), "--write-behaviour", path)
    assert result.exit_code == 2
    assert "--write-behaviour" in result.output

"""`run --record DIR` records every call of a run of the suite."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contract_tests.recordings.audited import AuditedRecording
from contract_tests.recordings.model import read_recording
from contract_tests.runner.cli import main
from contract_tests.wrong_servers.drawn.drawing import named
from contract_tests.wrong_servers.drawn.service import Service
from contract_tests.wrong_servers.drawn.serving import Server
from contract_tests.wrong_servers.listening import in_thread
from contract_tests.wrong_servers.pace import Pace
from contract_tests.wrong_servers.state import token_of


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Path]:
    with in_thread(Server(Service(named(), Pace(20), control=False))) as address:
        file = tmp_path / "target.yaml"
        accounts = f"{{primary: {{token: '{token_of('primary')}'}}, invalid: {{token: '{token_of('invalid')}'}}}}"
        file.write_text(
            f"base_url: {address}/api/v1\naccounts: {accounts}\nbudget: {{credits: 40, requests_per_second: 1000}}\n"
        )
        yield file


def run(target: Path, folder: Path, *arguments: str) -> Result:
    report = str(target.parent / "report")
    given = ["run", "--target", str(target), "--record", str(folder), "--report", report, "--seed", "7", *arguments]
    return CliRunner().invoke(main, given)


@pytest.mark.slow
def test_a_run_is_recorded_with_its_tests_as_purposes(target: Path, tmp_path: Path) -> None:
    result = run(target, tmp_path / "recording", "--only", "VERSIONS,AUTH,IMG-GET")
    assert result.exit_code == 0, result.output
    recording = read_recording(tmp_path / "recording")
    assert f"{len(recording.exchanges)} exchanges recorded." in result.output
    assert recording.manifest.stopped is None
    assert recording.manifest.credits.spent > 0
    purposes = {exchange.purpose for exchange in recording.exchanges}
    assert "the first replies" in purposes
    assert any(purpose.startswith("auth: ") for purpose in purposes)
    assert {"getVersions", "generateImage", "picture"} <= {exchange.operation for exchange in recording.exchanges}
    text = "".join(path.read_text() for path in (tmp_path / "recording").rglob("*.json"))
    # The suite also sends tokens that are similar to the valid one.
    assert token_of("primary").rpartition("|")[2][:-1].lower() not in text.lower()
    assert "Bearer {primary}" in text


def test_an_existing_recording_is_refused(target: Path, tmp_path: Path) -> None:
    (tmp_path / "recording").mkdir()
    (tmp_path / "recording" / "recording.json").write_text("{}")
    result = run(target, tmp_path / "recording", "--only", "VERSIONS", "--profile", "free")
    assert (result.exit_code, "give a new folder" in result.output) == (2, True)


def test_a_finding_of_the_auditor_fails_the_run(target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AuditedRecording, "finish", lambda *_: "0001-other.json contained a token")
    result = run(target, tmp_path / "recording", "--only", "VERSIONS", "--profile", "free")
    assert result.exit_code == 3
    assert "The recording is partial: 0001-other.json contained a token." in result.output

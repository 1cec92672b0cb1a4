"""The commands replay and drift: their exit statuses, their files, and servers that fail half-way."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from msgspec import structs

from contract_tests.recordings.model import Manifest, Recording, write_exchange, write_manifest
from contract_tests.runner.cli import main
from contract_tests.wrong_servers.listening import in_thread
from contract_tests.wrong_servers.serving import server
from contract_tests.wrong_servers.state import LEFT, LOW, token_of
from support.recorded import Client
from support.recorded_mock import mock
from support.recorded_named import recorded_at
from support.server import Server


def few(client: Client) -> None:
    client.get("/aiimage/versions")
    client.check()
    client.generate()
    client.check()
    client.recent()
    client.generate("empty")


@pytest.fixture(scope="module")
def recording() -> Recording:
    return recorded_at("conforming", few)


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with mock() as server_:
        yield server_


@pytest.fixture
def folder(recording: Recording, tmp_path: Path) -> Path:
    return written(recording, tmp_path / "recording")


def written(recording: Recording, folder: Path) -> Path:
    write_manifest(folder, recording.manifest)
    for exchange in recording.exchanges:
        write_exchange(folder, exchange)
    return folder


def target_file(path: Path, base_url: str, *, control: str = "none", **others: Any) -> str:
    roles = ("primary", "secondary", "empty", "low", "almost_limited")
    accounts: dict[str, dict[str, Any]] = {role: {"token": token_of(role)} for role in roles}
    accounts["low"]["credits"], accounts["almost_limited"]["images_left"] = LOW, LEFT
    limits = {"credits": 40, "requests_per_second": 1000}
    content = {"base_url": base_url, "accounts": accounts, "control": control, "budget": limits, **others}
    file = path / "target.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return str(file)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_replay_reports_and_accepts_its_differences(folder: Path, running: Server, tmp_path: Path) -> None:
    target = target_file(tmp_path, running.base_url, control="mock")
    baseline, report = tmp_path / "accepted.yaml", tmp_path / "report"
    first = run("replay", str(folder), "--target", target, "--report", str(report), "--write-baseline", str(baseline))
    assert first.exit_code == 1, first.output
    differences = json.loads((report / "differences.json").read_text(encoding="utf-8"))
    keys = {"diagnosis", "rule", "setting", "exchange", "where", "expected", "received", "curl"}
    assert all(keys <= each.keys() for each in differences)
    assert {each["diagnosis"] for each in differences} == {"mock_wrong"}
    assert {path.name for path in report.iterdir()} == {"differences.json", "junit.xml", "report.html", "summary.md"}
    accepted = run("replay", str(folder), "--target", target, "--baseline", str(baseline))
    assert accepted.exit_code == 0, accepted.output
    assert "accepted" in accepted.output


def test_replay_without_a_mock_says_how_to_start_one(folder: Path, tmp_path: Path) -> None:
    origin = "http://127.0.0.1:9"
    result = run("replay", str(folder), "--target", target_file(tmp_path, f"{origin}/api/v1", control="mock"))
    assert result.exit_code == 3
    assert f"Nothing answers at {origin}: start the mock with make serve or aiimage-mock serve." in result.output
    assert "ConnectError" not in result.output


def test_an_accepted_difference_that_vanished_fails(folder: Path, running: Server, tmp_path: Path) -> None:
    target = target_file(tmp_path, running.base_url, control="mock")
    baseline = tmp_path / "accepted.yaml"
    run("replay", str(folder), "--target", target, "--write-baseline", str(baseline))
    gone = {"rule": "VERSIONS", "reason": "it was so", "call": "GET getVersions", "where": "/response/json/none"}
    entries = [*yaml.safe_load(baseline.read_text(encoding="utf-8")), gone]
    baseline.write_text(yaml.safe_dump(entries), encoding="utf-8")
    result = run("replay", str(folder), "--target", target, "--baseline", str(baseline))
    assert result.exit_code == 1
    assert "no longer occurs" in result.output


def test_a_role_that_the_target_lacks_gets_a_token(folder: Path, running: Server, tmp_path: Path) -> None:
    file = tmp_path / "target.yaml"
    content = {"base_url": running.base_url, "accounts": {"primary": {"token": "any"}}, "control": "mock"}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    result = run("replay", str(folder), "--target", str(file))
    assert "6 exchanges compared" in result.output


def test_drift_prints_the_cost_first_and_stays_within_the_cap(folder: Path, tmp_path: Path) -> None:
    with in_thread(server("conforming", control=False, generation_seconds=0.1)) as origin:
        target = target_file(tmp_path, f"{origin}/api/v1")
        whole = run("drift", str(folder), "--target", target)
        less = run("drift", str(folder), "--target", target, "--max-credits", "0")
    assert whole.exit_code == 0, whole.output
    assert whole.output.startswith("6 of 6 exchanges: 1 credit if nothing has changed, 1 credit at worst")
    assert "1 of 40 credits" in whole.output
    assert less.exit_code == 0, less.output
    assert less.output.startswith("5 of 6 exchanges: 0 credits")
    assert "0 of 0 credits" in less.output
    assert "does not fit into 0 credits" in less.output


def test_drift_at_a_remote_service_needs_consent(folder: Path, tmp_path: Path) -> None:
    target = target_file(tmp_path, "https://api.example.invalid/api/v1")
    result = run("drift", str(folder), "--target", target)
    assert result.exit_code == 2
    assert "--yes allows it" in result.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("replay", "none", "--target", "TARGET"), "replay needs a mock"),
        (("drift", "none", "--target", "TARGET"), "recording.json: the recording cannot be read"),
        (("drift", "none", "--target", "none.yaml"), "none.yaml: the target file cannot be read"),
        (("drift", "none", "--target", "TARGET", "--baseline", "none.yaml"), "the baseline cannot be read"),
        (("drift", "none", "--target", "TARGET", "--write-baseline", "none/x.yaml"), "no such folder"),
    ],
)
def test_bad_usage_is_one_sentence(arguments: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    target = target_file(tmp_path, "http://127.0.0.1:9/api/v1")
    result = run(*(target if each == "TARGET" else each for each in arguments))
    assert result.exit_code == 2
    assert sentence in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["replay", "drift"])
def test_a_recording_that_was_killed_with_a_secret_is_refused(
    command: str, recording: Recording, folder: Path, tmp_path: Path
) -> None:
    write_manifest(folder, structs.replace(recording.manifest, audited=False))
    first = recording.exchanges[0]
    write_exchange(folder, structs.replace(first, error=f"refused for {token_of('primary')}"))
    target = target_file(tmp_path, "http://127.0.0.1:9/api/v1", control="mock" if command == "replay" else "none")
    result = run(command, str(folder), "--target", target)
    assert result.exit_code == 2
    assert "contains a token at /error" in result.output
    assert token_of("primary") not in result.output


@pytest.mark.parametrize("command", ["replay", "drift"])
def test_a_server_that_is_not_there_compares_nothing(command: str, folder: Path, tmp_path: Path) -> None:
    control = "mock" if command == "replay" else "none"
    target = target_file(tmp_path, "http://127.0.0.1:9/api/v1", control=control)
    result = run(command, str(folder), "--target", target)
    assert result.exit_code == 3, result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", ["garbage", "always-resets", "cuts-replies", "promises-too-much", "headers-only"])
def test_a_broken_server_ends_in_a_sentence(name: str, folder: Path, tmp_path: Path) -> None:
    with in_thread(server(name, control=False)) as origin:
        timeouts = {"connect": 0.3, "reply": 0.3, "generation": 0.3}
        target = target_file(tmp_path, f"{origin}/api/v1", timeouts=timeouts)
        result = run("drift", str(folder), "--target", target)
    assert result.exit_code in {1, 3}, result.output
    assert "service_changed" not in result.output or name == "cuts-replies"
    assert "Traceback" not in result.output


@pytest.mark.slow
@pytest.mark.parametrize("name", ["stops-answering", "resets-half-way"])
def test_a_server_that_fails_half_way_ends_in_a_sentence(name: str, recording: Recording, tmp_path: Path) -> None:
    again = [structs.replace(recording.exchanges[0], number=10 + number, sent=20.0 + number) for number in range(70)]
    later = [structs.replace(each, received=each.sent + 0.1) for each in again]
    folder = written(Recording(recording.manifest, [*recording.exchanges, *later]), tmp_path / "long")
    with in_thread(server(name, control=False)) as origin:
        timeouts = {"connect": 0.3, "reply": 0.3, "generation": 0.5}
        target = target_file(tmp_path, f"{origin}/api/v1", timeouts=timeouts)
        result = run("drift", str(folder), "--target", target)
    assert result.exit_code in {1, 3}
    assert "It ended early" in result.output
    assert "Traceback" not in result.output


def test_an_empty_recording_compares_nothing(running: Server, recording: Recording, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    manifest: Manifest = recording.manifest
    write_manifest(folder, manifest)
    target = target_file(tmp_path, running.base_url, control="mock")
    result = run("replay", str(folder), "--target", target)
    assert result.exit_code == 3
    assert "the recording has no exchanges" in result.output

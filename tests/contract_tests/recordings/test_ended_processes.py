"""Recordings whose process, or whose service, ends in the middle of a paid call, as real processes."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contract_tests.recordings.model import UNANSWERED, Recording, read_recording
from contract_tests.runner.cli import main
from support.recorded_mock import mock
from support.server import Server

ROOT = Path(__file__).parents[3]
_PATIENCE_SECONDS = 60
# Longer than any test, so that the generation always runs when something ends.
_GENERATION_SECONDS = "3600"


@pytest.fixture(scope="module")
def quick() -> Iterator[Server]:
    """A mock with which a recording can be compared."""
    with mock("--generation-time", "0") as server:
        yield server


def target_file(path: Path, server: Server, control: str = "none", timeouts: dict[str, int] | None = None) -> Path:
    limits = {"credits": 3, "requests_per_second": 1000}
    accounts = {"primary": {"token": "demo"}, "invalid": {"token": "demo-invalid"}}
    path.write_text(
        json.dumps(
            {
                "base_url": server.base_url,
                "accounts": accounts,
                "control": control,
                "budget": limits,
                "timeouts": timeouts or {},
            }
        )
    )
    return path


@dataclass
class Ended:
    """A recording that ended early, and what its process printed."""

    folder: Path
    status: int
    output: str

    @property
    def recording(self) -> Recording:
        return read_recording(self.folder)


@contextmanager
def running(server: Server, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a command in a process of its own; the block begins when a generation runs at the service."""
    command = [sys.executable, "-m", "contract_tests", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        while not _runs(server) and process.poll() is None:
            threading.Event().wait(0.01)
        yield process
        if process.poll() is None:
            process.kill()


def _runs(server: Server) -> bool:
    """Return whether a generation of the account runs at a mock."""
    with urllib.request.urlopen(f"{server.origin}/_mock/worlds/demo", timeout=_PATIENCE_SECONDS) as reply:
        return bool(json.load(reply)["running"])


def ended(path: Path, end: Callable[[Server, "subprocess.Popen[str]"], None]) -> Ended:
    """Return a recording during whose first generation something ends."""
    with mock("--generation-time", _GENERATION_SECONDS) as server:
        # Only a service that hangs is waited for, and a busy machine is not one.
        timeouts = {"connect": 5, "reply": 5, "generation": 5} if end is hangs else None
        target = target_file(path / "service.yaml", server, timeouts=timeouts)
        arguments = ["record", "--target", str(target), "--out", str(path / "recording"), "--max-credits", "3"]
        with running(server, *arguments) as process:
            end(server, process)
            output, _ = process.communicate(timeout=_PATIENCE_SECONDS)
    return Ended(path / "recording", process.returncode, output)


def compared(command: str, left: Ended, target: Path) -> Result:
    result = CliRunner().invoke(main, [command, str(left.folder), "--target", str(target)])
    assert "Traceback" not in result.output
    return result


def assert_usable(left: Ended, quick: Server, path: Path) -> None:
    """Replay it at a mock, and send it again to a service like the recorded one."""
    replayed = compared("replay", left, target_file(path / "mock.yaml", quick, "mock"))
    assert "answers like the recording" in replayed.output, replayed.output
    assert "The recording is partial: " in replayed.output
    assert replayed.exit_code == 0
    drifted = compared("drift", left, target_file(path / "drift.yaml", quick))
    assert "answers like the recording" in drifted.output, drifted.output
    assert drifted.exit_code == 0


@pytest.mark.parametrize(
    "end",
    [
        signal.SIGKILL,
        pytest.param(signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(signal.SIGINT, marks=pytest.mark.slow),
    ],
)
def test_a_recording_whose_process_is_ended_is_usable(end: signal.Signals, tmp_path: Path, quick: Server) -> None:
    left = ended(tmp_path, lambda server, process: process.send_signal(end))
    killed = end is signal.SIGKILL
    manifest, exchanges = left.recording.manifest, left.recording.exchanges
    assert left.status == (-end if killed else 3), left.output
    assert "Traceback" not in left.output
    assert ("The recording is partial: it was interrupted" in left.output) is not killed
    assert manifest.stopped == ("the recording was interrupted" if killed else f"it was interrupted ({end.name})")
    assert manifest.audited is not killed
    # The generation may have been served, so it is among the exchanges and counts as paid.
    assert UNANSWERED in {each.error for each in exchanges if each.operation == "generateImage"}
    assert 1 <= manifest.credits.spent <= manifest.credits.cap
    assert_usable(left, quick, tmp_path)


def dies(server: Server, _: "subprocess.Popen[str]") -> None:
    server.process.kill()


def hangs(server: Server, _: "subprocess.Popen[str]") -> None:
    os.kill(server.process.pid, signal.SIGSTOP)


def breaks_off(server: Server, _: "subprocess.Popen[str]") -> None:
    """Let the generation end, and break off every reply after it."""
    control(server, "PUT", "/faults", [{"fault": "truncated-body"}])
    control(server, "POST", "/clock", {"advance_to": "generation-end"})


def control(server: Server, method: str, path: str, body: object) -> None:
    request = urllib.request.Request(
        f"{server.origin}/_mock/worlds/demo{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS):
        pass


@pytest.mark.parametrize(
    "fail", [dies, pytest.param(hangs, marks=pytest.mark.slow), pytest.param(breaks_off, marks=pytest.mark.slow)]
)
def test_a_recording_whose_service_fails_is_usable(
    fail: Callable[[Server, "subprocess.Popen[str]"], None], tmp_path: Path, quick: Server
) -> None:
    left = ended(tmp_path, fail)
    manifest, exchanges = left.recording.manifest, left.recording.exchanges
    assert left.status == 3, left.output
    assert "Traceback" not in left.output
    assert "The recording is partial: 4 requests in a row got no reply" in left.output
    assert manifest.audited
    assert 1 <= manifest.credits.spent <= manifest.credits.cap
    # The suite itself counted that.
    assert all("in a row" not in str(each.error) for each in exchanges)
    assert_usable(left, quick, tmp_path)


@pytest.mark.parametrize("end", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_an_interrupted_drift_reports_what_it_has_compared(end: signal.Signals, tmp_path: Path, quick: Server) -> None:
    folder = tmp_path / "recording"
    arguments = ["--target", str(target_file(tmp_path / "quick.yaml", quick)), "--max-credits", "1"]
    recorded = CliRunner().invoke(main, ["record", *arguments, "--out", str(folder)])
    assert recorded.exit_code == 0, recorded.output
    with mock("--generation-time", _GENERATION_SECONDS) as server:
        target = target_file(tmp_path / "service.yaml", server)
        with running(server, "drift", str(folder), "--target", str(target)) as process:
            process.send_signal(end)
            output, _ = process.communicate(timeout=_PATIENCE_SECONDS)
    assert process.returncode == 3, output
    assert "Traceback" not in output
    assert "answers like the recording" in output
    assert "It ended early: it was interrupted." in output
    assert "1 of 3 credits" in output

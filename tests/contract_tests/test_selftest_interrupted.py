"""A selftest that is interrupted leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from support.processes import session

MOST_SECONDS = 20


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + MOST_SECONDS
    while not true():
        assert time.monotonic() < end, "that took too long"
        time.sleep(0.02)


def serves(process: int) -> bool:
    try:
        return b"serve" in Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_its_servers_and_leaves_no_file(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "contract_tests.cli", "selftest", "--only", "right,no-lock", "--jobs", "2"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    until(lambda: len([each for each in session(process.pid) if serves(each)]) == 2)
    process.send_signal(number)
    said, _ = process.communicate(timeout=MOST_SECONDS)
    until(lambda: not session(process.pid))
    assert process.returncode == 3
    assert said.splitlines()[-1].startswith("Interrupted after ")
    assert list(tmp_path.iterdir()) == []

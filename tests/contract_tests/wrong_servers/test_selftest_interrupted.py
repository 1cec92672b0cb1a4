"""A selftest that is interrupted leaves nothing behind."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.calls import until
from support.processes import commands, session

pytestmark = pytest.mark.slow

PATIENCE = 20


async def interrupted(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Send a signal when two servers are up; return the output once all its processes have ended."""

    async def serve() -> bool:
        return sum(b"serve" in each for each in commands(session(process.pid))) == 2

    async def nothing_is_left() -> bool:
        return not session(process.pid)

    await until(serve, PATIENCE)
    process.send_signal(number)
    output, _ = process.communicate(timeout=PATIENCE)
    await until(nothing_is_left, PATIENCE)
    return output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_its_servers_and_leaves_no_file(tmp_path: Path, number: signal.Signals) -> None:
    command = [
        sys.executable,
        "-m",
        "contract_tests",
        "selftest",
        "--only",
        "mock-as-it-is,mock-full-lock",
        "--jobs",
        "2",
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    output = asyncio.run(interrupted(process, number))
    assert process.returncode == 3
    assert output.splitlines()[-1].startswith("Interrupted after ")
    assert list(tmp_path.iterdir()) == []

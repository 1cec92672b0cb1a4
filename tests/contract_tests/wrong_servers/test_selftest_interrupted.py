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
WORKERS = 2


async def interrupted(process: subprocess.Popen[str], number: signal.Signals, *, servers: int) -> str:
    """Send a signal when all workers and servers are up; return the output once all its processes have ended."""

    async def working() -> bool:
        running = session(process.pid)
        # Beside the workers there are the command itself, the process they are forked from, and a tracker.
        return len(running) >= WORKERS + servers + 3 and sum(b"serve" in each for each in commands(running)) >= servers

    async def nothing_is_left() -> bool:
        return not session(process.pid)

    await until(working, PATIENCE)
    process.send_signal(number)
    output, _ = process.communicate(timeout=PATIENCE)
    await until(nothing_is_left, PATIENCE)
    return output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("flags", "servers"),
    [
        (["--only", "mock-as-it-is,mock-full-lock"], WORKERS),
        (["--conforming", "2"], 0),  # drawn servers run in the workers
    ],
)
def test_it_ends_its_servers_and_leaves_no_file(
    tmp_path: Path, flags: list[str], servers: int, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "contract_tests", "selftest", *flags, "--jobs", str(WORKERS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    output = asyncio.run(interrupted(process, number, servers=servers))
    assert process.returncode == 3
    assert output.splitlines()[-1].startswith("Interrupted after ")
    assert list(tmp_path.iterdir()) == []

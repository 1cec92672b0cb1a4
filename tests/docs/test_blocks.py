"""Every fenced block of every page is run or checked as KINDS defines. A block without a kind fails."""

import inspect
import json
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

import click
import pytest

import contract_tests.runner.cli
import mock_server.cli
from contract_tests.errors import UsageError
from contract_tests.runner.baseline import load_baseline
from contract_tests.runner.settings import make_settings
from contract_tests.runner.target import load_target
from mock_server.app import contract, rules
from mock_server.behaviours import read_behaviour, read_changes
from mock_server.configuration import make_scenario
from mock_server.http.replies import error
from support.journal import script
from support.pages import ROOT, Block, page, pages
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


Check = Callable[[Block, Place], None]
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
    """The command line is valid."""
    _, name, *arguments = shlex.split(command)
    mock_server.cli.main.commands[name].make_context(name, arguments)


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


PROGRAMS: dict[str, Command] = {
    "curl": curl,
    "make": make,
    "pip": pip,
    "python3": environment,
    ".": environment,
    "cd": environment,
    "pytest": run_pytest,
    "aiimage-mock": mock,
    "aiimage-conform": conform,
    "docker": compose,
    "python": python,
    "echo": shell,
    "export": shell,
}


def commands(block: Block, place: Place) -> None:
    """Every command is of a known program, and passes its check."""
    assert block.commands
    for command in block.commands:
        bare = re.sub(r"^(?:[A-Z_]+=\S+ +)+", "", command)
        name = bare.split()[0].removeprefix(".venv/bin/")
        assert name in PROGRAMS, f"{block.page}: a command of no known kind, to be added to PROGRAMS: {command}"
        PROGRAMS[name](block, place, bare)


def run_tests(block: Block, place: Place) -> None:
    """The Python blocks of a page, joined, are tests that pass."""
    blocks = [each for each in page(block.page).fenced if each.language == "python"]
    if block != blocks[0]:
        return
    text = "\n\n".join(each.text for each in blocks)
    done = Project(place.folder).pytest(text, "-q")
    assert f"{len(re.findall('^def test_', text, re.MULTILINE))} passed" in done.stdout, done.stdout


def behaviour(block: Block, place: Place) -> None:
    (place.folder / "behaviour.yaml").write_text(block.text)
    changed = read_behaviour(place.folder / "behaviour.yaml", rules())
    for name, value in read_changes(place.folder / "behaviour.yaml", rules())[0].items():
        assert getattr(changed, name) == value != rules().settings[name].default


def target(block: Block, place: Place) -> None:
    (place.folder / "target.yaml").write_text(block.text)
    with pytest.MonkeyPatch.context() as patched:
        for name in re.findall(r"token_env: (\w+)", block.text):
            patched.setenv(name, "a-token")
        assert load_target(place.folder / "target.yaml").accounts


def baseline(block: Block, place: Place) -> None:
    (place.folder / "accepted.yaml").write_text(block.text)
    assert load_baseline(place.folder / "accepted.yaml").entries


def scenario(block: Block, place: Place) -> None:
    assert make_scenario(json.loads(block.text), contract())


def agent(block: Block, place: Place) -> None:
    """The configuration of an agent starts an existing command."""
    (entry,) = json.loads(block.text)["mcpServers"].values()
    assert entry["command"] == "aiimage-mock"
    mock(block, place, shlex.join(["aiimage-mock", *entry["args"]]))


def unavailable(block: Block, place: Place) -> None:
    assert re.fullmatch(error("unavailable", reason=".*").body["message"], json.loads(block.text)["message"])


def grammar(block: Block, place: Place) -> None:
    """The form of an example is valid."""
    parts = {"[+DURATION]": "+1.5", "TIME": "0", "OPERATION": "picture", "[FIELDS | PICTURE]": "fox.png"}
    line = block.text
    for part, instead in {**parts, "STATUS": "200", "[WORD ...]": "cut"}.items():
        line = line.replace(part, instead)
    assert len(script(line)) == 1


def in_another_test(module: str) -> Check:
    """Return a check that another test module reads the blocks of this language on its page."""

    def is_read(block: Block, place: Place) -> None:
        path = ROOT / "tests" / f"{module}.py"
        text = path.read_text()
        assert re.search(rf'"{block.page}(\.md)?"', text)
        assert re.search(rf'"{block.language}"|```{block.language}|\.commands\(\)', text)

    return is_read


KINDS: dict[tuple[str, str], Check] = {
    ("*", "sh"): commands,
    ("*", "python"): run_tests,
    ("settings", "yaml"): behaviour,
    ("differences", "yaml"): behaviour,
    ("conformance", "yaml"): target,
    ("recording", "yaml"): target,
    ("recording", "sh"): in_another_test("docs/test_recording"),
    ("reports", "yaml"): baseline,
    ("scenarios", "json"): scenario,
    ("state", "json"): unavailable,
    ("README", "json"): in_another_test("docs/test_readme"),
    ("CONTRIBUTING", "sh"): in_another_test("docs/test_contributing"),
    ("install", "sh"): in_another_test("docs/test_install"),
    ("pipeline", "sh"): in_another_test("docs/test_pipeline"),
    ("pipeline", "yaml"): in_another_test("docs/test_pipeline"),
    ("agents", "json"): agent,
    ("commands", "json"): in_another_test("docs/test_commands"),
    ("commands", "text"): in_another_test("docs/test_commands"),
    ("prove", "text"): in_another_test("docs/test_prove"),
    ("disasters", "text"): in_another_test("docs/test_disasters"),
    ("pytest", "text"): in_another_test("docs/test_pytest"),
    ("internals", "diff"): in_another_test("docs/test_internals"),
    ("verdict", "json"): in_another_test("docs/test_verdict"),
    ("verdict", "requests"): in_another_test("docs/test_verdict"),
    ("verdict", "text"): grammar,
}
BLOCKS = [block for each in pages() for block in each.fenced]
RUN = ("sh", "python")
CASES = [
    pytest.param(
        block,
        id=f"{block.page}-{block.number}-{block.language}",
        marks=pytest.mark.slow if block.language in RUN else (),
    )
    for block in BLOCKS
]


def check(block: Block, place: Place) -> None:
    kind = KINDS.get((block.page, block.language)) or KINDS.get(("*", block.language))
    assert kind, f"{block.page}: a block of no known kind, to be added to KINDS: {block.language or 'no language'}"
    kind(block, place)


@pytest.fixture
def place(tmp_path: Path, server: Server) -> Place:
    return Place(tmp_path, server)


@pytest.mark.parametrize("block", CASES)
def test_a_block_is_correct(block: Block, place: Place) -> None:
    check(block, place)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("", "plain"),
        ("ruby", "puts 1"),
        ("yaml", "a: 1"),
        ("sh", "rm -rf /"),
        ("sh", "curl http://127.0.0.1:8010/_mock/nowhere"),
        ("sh", "aiimage-mock serve --colour red"),
        ("sh", "aiimage-conform run --target fixtures/targets/nowhere.yaml"),
        ("sh", "make nothing"),
        ("sh", "pip install './aiimage-mock[wings]'"),
    ],
)
def test_a_wrong_block_is_detected(language: str, text: str, place: Place) -> None:
    with pytest.raises((AssertionError, subprocess.CalledProcessError, click.ClickException, UsageError)):
        check(Block("nowhere", 0, language, text), place)


def test_every_kind_is_used() -> None:
    there = {(block.page, block.language) for block in BLOCKS} | {("*", block.language) for block in BLOCKS}
    assert [kind for kind in KINDS if kind not in there] == []

"""Every fenced block of every page is run or checked as KINDS defines. A block without a kind fails."""

import json
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from contract_tests.errors import UsageError
from contract_tests.runner.baseline import load_baseline
from contract_tests.runner.target import load_target
from mock_server.app import contract, rules
from mock_server.behaviours import read_behaviour, read_changes
from mock_server.configuration import make_scenario
from mock_server.http.replies import error
from support.block_commands import CHECKED, Place, commands, mock
from support.block_commands import RUN as RUN_PROGRAMS
from support.journal import script
from support.pages import ROOT, Block, page, pages
from support.project import Project
from support.server import Server

Check = Callable[[Block, Place], None]


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


def test_a_command_that_is_not_run_has_a_reason_that_names_existing_tests() -> None:
    assert not RUN_PROGRAMS.keys() & CHECKED.keys()
    for _, reason in CHECKED.values():
        assert reason == "the same" or re.findall(r"test_\w+\.py", reason)
        assert all(list((ROOT / "tests").rglob(name)) for name in re.findall(r"test_\w+\.py", reason))


def test_every_kind_is_used() -> None:
    there = {(block.page, block.language) for block in BLOCKS} | {("*", block.language) for block in BLOCKS}
    assert [kind for kind in KINDS if kind not in there] == []

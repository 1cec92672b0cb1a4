"""aiimage-mock prove: a command again and again."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mock_server.app import rules
from mock_server.behaviours import make_behaviour
from mock_server.cli import main
from mock_server.embedding import default_settings
from mock_server.proving.command import Command, FailsByDefaultError
from mock_server.proving.readings import Plan, Space
from mock_server.proving.results import JSON_FILE, MARKDOWN_FILE, Proof
from support import node
from support.pages import ROOT

SPACE = Space(rules(), make_behaviour({}, rules()))
SINGLE = {next(iter(reading)).setting: reading for reading in SPACE.plan("each").readings}
CLIENT = """
import os, sys, urllib.request
headers = {"Authorization": "Bearer " + os.environ["AIIMAGE_TOKEN"]}
def get(path):
    url = os.environ["AIIMAGE_BASE_URL"] + "/aiimage/" + path
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as reply:
        return reply.headers
"""


def prove(code: str, *settings: str) -> tuple[Proof, list[str]]:
    shown: list[str] = []
    readings = [SINGLE[name] for name in settings]
    command = Command([sys.executable, "-c", CLIENT + code], default_settings())
    proof = Proof()
    command.prove_readings(SPACE, Plan("each", readings, [], len(readings), 0), shown.append, proof)
    return proof, shown


def test_a_command_that_depends_on_a_reading_is_named() -> None:
    proof, shown = prove("if 'X-RateLimit-Limit' in get('versions'): sys.exit('limited')", "rate_limit", "cors")
    (found,) = proof.findings("readings")
    assert (found["reading"], found["rule"]) == ({"rate_limit": "starter"}, "RATE")
    assert found["message"] == "exit status 1, limited"
    assert found["sentence"].endswith("passes only if requests are not limited by the minute (RATE, platform)")
    assert found["sentence"] in shown
    assert proof.tried["readings"]["tests"] == 1


def test_each_run_has_a_new_account(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    code = f"get('versions'); open({str(notes)!r}, 'a').write(os.environ['AIIMAGE_TOKEN'] + ' ')"
    proof, _ = prove(code, "cors", "rate_limit")
    assert proof.findings("readings") == []
    assert len(set(notes.read_text().split())) == proof.tried["readings"]["runs"] == 3


def test_a_command_that_fails_by_default_is_reported_with_its_output() -> None:
    with pytest.raises(FailsByDefaultError, match=r"fails under the defaults, .*: exit status 3, a reason") as error:
        prove("print('a reason'); sys.exit(3)", "cors")
    assert error.value.output == "a reason\n"


def test_a_command_that_fails_at_random_has_no_finding(tmp_path: Path) -> None:
    seen = f"seen = __import__('pathlib').Path({str(tmp_path / 'seen')!r})"
    proof, _ = prove(f"{seen}; code = seen.exists(); seen.touch(); sys.exit(code)", "cors")
    assert proof.findings("readings") == []
    (why,) = proof.tried["readings"]["not_run"].values()
    assert why.startswith("it does not pass a second time")


def test_the_command_line_writes_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["prove", "--readings", "--", "true"])
    assert result.exit_code == 0, result.output
    assert "true: passes under the defaults; pairwise, 23 readings of 41 settings" in result.output
    assert json.loads((tmp_path / JSON_FILE).read_text())["tried"]["readings"]["runs"] == 24
    assert (tmp_path / MARKDOWN_FILE).exists()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--", "true"], 2, "choose what to prove: add --readings or --disasters"),
        (["--readings", "--", "no-such-command"], 2, "no such command: no-such-command"),
        (["--readings", "--behaviour", "strct", "--", "true"], 2, "unknown behaviour strct; did you mean strict?"),
        (["--readings", "--", "false"], 1, "the command fails under the defaults, so nothing else was tried"),
    ],
)
def test_a_proof_that_cannot_begin_is_a_sentence(
    arguments: list[str], status: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["prove", *arguments])
    assert (result.exit_code, message in result.output) == (status, True), result.output
    assert "Traceback" not in result.output


@pytest.mark.slow
def test_the_client_in_node_depends_on_no_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    command = [node.node(18), str(ROOT / "examples" / "node_client" / "client.mjs"), "A fox", "fox.png"]
    result = CliRunner().invoke(main, ["prove", "--readings", "--strict", "--", *command])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "fox.png").exists()

"""docs/pipeline.md is correct."""

import json
import re
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_tests.runner.cli import main as conform
from examples.httpx_client.client import Client
from mock_server.cli import main as mock
from mock_server.cli import serve
from mock_server.contract import read_yaml
from support.pages import ROOT, Page
from support.pipelines import commands, free_port
from support.project import Project

PAGE = Page("pipeline.md")
ACTIONS = {"./aiimage-mock": read_yaml(ROOT / "action.yml")} | {
    "./aiimage-mock/conform": read_yaml(ROOT / "conform" / "action.yml")
}
FIXTURE, BESIDE, VERDICT, COMPOSE = PAGE.blocks("sh")
SERVICES, STEPS = (yaml.safe_load(block) for block in PAGE.blocks("yaml"))


def test_the_commands_of_the_fixture_pass(tmp_path: Path) -> None:
    *environment, install, test = FIXTURE.splitlines()
    assert environment == ["python3 -m venv .venv", ". .venv/bin/activate"]
    assert install == "pip install ./aiimage-mock pytest pytest-xdist httpx"
    program, *flags = test.split()
    assert program == "pytest"
    (tmp_path / "aiimage-mock").symlink_to(ROOT)
    Project(tmp_path).passes("def test_it(aiimage_mock):\n    assert aiimage_mock.state\n", *flags)
    assert 'tests="1"' in (tmp_path / "junit.xml").read_text()


@pytest.mark.slow
@pytest.mark.skipif(not (shutil.which("jq") and shutil.which("curl")), reason="curl and jq are needed")
def test_a_pipeline_waits_for_a_separate_mock_and_checks_its_verdict(tmp_path: Path) -> None:
    port = str(free_port())
    with commands(tmp_path, AIIMAGE_MOCK_PORT=port) as runner:
        assert runner.run(BESIDE) == 0, runner.printed
        command = VERDICT.replace("8010", port)
        assert runner.run(command) != 0, "nothing was exercised yet"
        with closing(Client(f"http://127.0.0.1:{port}/api/v1", "ci")) as client:
            (image,) = client.generate("A fox")
            client.picture(image)
        assert runner.run(command) == 0, runner.printed
        assert json.loads((tmp_path / "verdict.json").read_text())["verdict"] == "well-behaved"


def test_the_container_takes_its_settings() -> None:
    (service,) = SERVICES["services"].values()
    assert service["env"].keys() <= {parameter.envvar for parameter in serve.params}
    assert service["ports"] == ["8010:8010"]
    assert COMPOSE.split()[-1] in read_yaml(ROOT / "compose.yaml")["services"]


def test_the_steps_use_existing_inputs_and_outputs() -> None:
    for step in STEPS:
        if action := ACTIONS.get(step.get("uses", "")):
            assert step["with"].keys() <= action["inputs"].keys()
    start, install, test, conform = STEPS
    used = re.findall(r"steps\.(\w+)\.outputs\.([\w-]+)", " ".join(test["env"].values()))
    assert {name for name, _ in used} == {start["id"]}
    assert {output for _, output in used} <= ACTIONS["./aiimage-mock"]["outputs"].keys()
    assert ".venv/bin/pip install ./aiimage-mock pytest" in install["run"]
    assert test["run"].startswith(".venv/bin/pytest")
    assert (ROOT / conform["with"]["target"].removeprefix("aiimage-mock/")).exists()


@pytest.mark.parametrize("name", ACTIONS)
def test_every_input_is_in_its_table(name: str) -> None:
    documented = {
        each: default
        for names, default, _ in PAGE.rows(f"input of `{name}` | default | meaning")
        for each in re.findall(r"`([\w-]+)`", names)
    }
    assert documented == {each: str(value.get("default", "")) for each, value in ACTIONS[name]["inputs"].items()}


def test_every_output_is_named() -> None:
    for action in ACTIONS.values():
        assert all(f"`{name}`" in PAGE.text for name in action["outputs"])


def test_every_command_of_the_table_exists() -> None:
    groups: dict[str, Any] = {"aiimage-mock": mock, "aiimage-conform": conform}
    for command, *_ in PAGE.rows("command | 0 | 1 | 2 | 3"):
        program, name = command.strip("`").split()
        assert name in groups[program].commands

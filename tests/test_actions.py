"""The GitHub actions, with their commands run as GitHub runs them, and the example workflow."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.cli import serve
from mock_server.contract import read_yaml
from support.mock import DALL_E
from support.pipelines import ROOT, Action, Commands, commands, free_port, installed
from support.server import Server

pytestmark = pytest.mark.delivery

START: dict[str, Any] = read_yaml(ROOT / "action.yml")
CONFORM: dict[str, Any] = read_yaml(ROOT / "conform" / "action.yml")
WORKFLOW: dict[str, Any] = read_yaml(ROOT / "examples" / "ci" / "github-actions.yml")
ACTIONS = {"./aiimage-mock": START, "./aiimage-mock/conform": CONFORM}
# It makes an environment whose Python, itself, notes where it is called and with what.
PYTHON = """#!/bin/sh
if [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; else pwd > "$CALLS"; echo "$*" >> "$CALLS"; fi
"""
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Commands]:
    for name in ("aiimage-mock", "aiimage-conform"):
        installed(tmp_path, name)
    with commands(tmp_path, RUNNER_TEMP=str(tmp_path)) as made:
        yield made


def start(runner: Commands, **inputs: str) -> tuple[int, Action]:
    action = Action(START, ROOT, runner)
    return action.run(START["runs"]["steps"][1:], **{"port": str(free_port()), **inputs}), action


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_the_mock_serves_with_its_inputs_when_the_step_ends(runner: Commands, tmp_path: Path) -> None:
    (tmp_path / "behaviour.yaml").write_text("credits_per_image: 0\n")
    status, action = start(runner, scenario="last-credits", behaviour="behaviour.yaml", admin_token="a-secret")
    assert status == 0, runner.printed
    output = action.output
    assert output["base-url"] == f"{output['origin']}/api/v1"
    ordered = httpx.post(f"{output['base-url']}/aiimage/generate-image", json=dict(DALL_E), headers=bearer("ci"))
    assert ordered.status_code == 200
    assert httpx.get(f"{output['origin']}/_mock/worlds/ci", headers=bearer("a-secret")).json()["credits"] == 2
    assert output["origin"] in Path(output["log"]).read_text()


def test_a_mock_that_does_not_start_fails_the_step_with_its_log(runner: Commands) -> None:
    status, action = start(runner, scenario="nowhere")
    assert status == 1
    assert "--scenario: unknown scenario nowhere" in runner.printed
    assert "::error title=aiimage-mock::The mock did not start." in runner.printed
    assert action.output == {}


def test_another_server_on_the_port_fails_the_step(runner: Commands) -> None:
    with Server("--generation-time", "0") as other:
        for _ in range(3):
            status, action = start(runner, port=str(other.port))
            assert status == 1
            assert "cannot be bound: Address already in use" in runner.printed
            assert action.output == {}
        assert httpx.get(f"{other.origin}/_mock/health").status_code == 200


def test_two_mocks_of_one_job_have_logs_and_instances_of_their_own(runner: Commands) -> None:
    outputs = [start(runner, port="0")[1].output for _ in range(2)]
    for output in outputs:
        assert httpx.get(f"{output['origin']}/_mock/health").json()["instance"] == output["instance"]
        assert output["origin"] in Path(output["log"]).read_text()
    assert all(len({output[name] for output in outputs}) == 2 for name in ("origin", "instance", "log"))


def test_an_input_is_never_run_as_a_command(runner: Commands, tmp_path: Path) -> None:
    status, _ = start(runner, scenario='"; touch planted; $(touch planted) `touch planted`')
    assert status == 1
    assert not (tmp_path / "planted").exists()


def test_a_conformance_run_writes_its_reports_and_its_summary(runner: Commands) -> None:
    _, mock = start(runner)
    action = Action(CONFORM, ROOT / "conform", runner)
    inputs = {"base_url": mock.output["base-url"], "token": "ci", "only": "VERSIONS,AUTH", "profile": "free"}
    status = action.run(CONFORM["runs"]["steps"][1:], **inputs)
    assert status == 0, runner.printed
    assert {path.name for path in (runner.folder / action.output["report"]).iterdir()} >= {"report.html", "junit.xml"}
    assert "VERSIONS" in action.summary


def test_the_step_has_the_exit_status_of_the_run(runner: Commands) -> None:
    action = Action(CONFORM, ROOT / "conform", runner)
    inputs = {"base_url": f"http://127.0.0.1:{free_port()}/api/v1", "token": "ci", "profile": "free"}
    assert action.run(CONFORM["runs"]["steps"][1:], **inputs) == 3
    assert action.run(CONFORM["runs"]["steps"][1:]) == 2


def test_credits_of_a_remote_service_are_not_spent_without_permission(runner: Commands) -> None:
    action = Action(CONFORM, ROOT / "conform", runner)
    assert action.run(CONFORM["runs"]["steps"][1:], base_url="http://api.invalid/api/v1", token="ci") == 2
    assert "--yes allows it" in runner.printed


def test_every_input_of_the_mock_is_a_flag_of_the_server() -> None:
    variables = START["runs"]["steps"][1]["env"]
    assert set(variables) <= {parameter.envvar for parameter in serve.params}
    for name, value in variables.items():
        assert value == f"${{{{ inputs.{name.removeprefix('AIIMAGE_MOCK_').replace('_', '-').lower()} }}}}"


@pytest.mark.parametrize("action", [START, CONFORM], ids=["mock", "conform"])
def test_an_action_uses_its_inputs_only_as_variables(action: dict[str, Any]) -> None:
    steps = action["runs"]["steps"]
    assert not any(EXPRESSION.search(step["run"]) for step in steps)
    used = {name for step in steps for value in step["env"].values() for name in re.findall(r"inputs\.([\w-]+)", value)}
    assert used == set(action["inputs"])


@pytest.mark.parametrize(("action", "folder"), [(START, ROOT), (CONFORM, ROOT / "conform")], ids=["mock", "conform"])
def test_an_action_installs_its_own_project(action: dict[str, Any], folder: Path, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    with commands(tmp_path, RUNNER_TEMP=str(tmp_path), CALLS=str(tmp_path / "calls")) as runner:
        assert Action(action, folder, runner).run(action["runs"]["steps"][:1], python=str(python)) == 0
    here, arguments = (tmp_path / "calls").read_text().splitlines()
    *command, package = arguments.split()
    assert Path(here) == ROOT
    assert command == ["-m", "pip", "install", "--quiet", "--constraint", "constraints.txt"]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert package in {f".[{extra}]" for extra in extras}


def test_the_example_uses_existing_inputs_and_outputs() -> None:
    for job in WORKFLOW["jobs"].values():
        named = {step["id"]: ACTIONS[step["uses"]] for step in job["steps"] if "id" in step}
        for step in job["steps"]:
            if step.get("uses") in ACTIONS:
                assert step.get("with", {}).keys() <= ACTIONS[step["uses"]]["inputs"].keys()
            values = [*step.get("env", {}).values(), *step.get("with", {}).values()]
            for name, output in re.findall(r"steps\.([\w-]+)\.outputs\.([\w-]+)", " ".join(map(str, values))):
                assert output in named[name]["outputs"]
            assert not EXPRESSION.search(step.get("run", ""))

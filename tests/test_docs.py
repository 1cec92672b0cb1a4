"""The README is held to what it says."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mock_server import resources
from mock_server.app import contract, rules
from mock_server.cli import serve
from mock_server.configuration import read_accounts, read_behaviour, ready_made_scenarios
from mock_server.contract import read_yaml
from support.project import Project
from support.server import Server

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()
SETTINGS = (ROOT / "docs" / "settings.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands() -> list[str]:
    """All shell commands of the README, one each, continued lines joined."""
    shell = "".join(blocks("sh"))
    return [line for line in re.split(r"\n(?=\S)", shell.replace("\\\n", " ")) if line.strip()]


def first_column(header: str, text: str = README) -> set[str]:
    """What stands in the first column of the table that begins with `header`, without backticks and arguments."""
    table = text.split(f"| {header} |", 1)[1].split("\n\n", 1)[0]
    return set(re.findall(r"^\| `([^` ]+)", table, re.MULTILINE))


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(command, cwd=ROOT, env=environment or None, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_command_is_of_a_kind_that_is_tested() -> None:
    kinds = ("curl ", "make ", ".venv/bin/aiimage-conform ", "export AIIMAGE_TOKEN=", "echo 'credits_per_image: 0'")
    assert len(commands()) > 10
    assert [each for each in commands() if not each.startswith(kinds)] == []


def test_the_first_call_gives_the_answer_shown(server: Server) -> None:
    (call,) = (each for each in commands() if "generate-image" in each)
    call = call.replace("http://127.0.0.1:8010", server.origin)
    answer = json.loads(run("bash", "-c", f'curl() {{ command curl -sS --fail-with-body "$@"; }}; {call}'))
    assert answer == json.loads(blocks("json")[0])
    assert answer["images"][0]["output"] in README.split("```json")[1].split("```")[1]


def test_the_calls_of_the_control_api_work(server: Server) -> None:
    calls = [each for each in commands() if "/_mock/" in each]
    assert len(calls) == 4
    for call in calls:
        answer = json.loads(run("bash", "-c", call.replace("http://127.0.0.1:8010", server.origin)))
        assert answer.get("token", "demo") == "demo"


def test_every_make_target_is_there() -> None:
    named = {each.split()[1] for each in commands() if each.startswith("make ")} | {"help"}
    assert named >= {"serve", "test", "conform"}
    for target in named:
        run("make", "--dry-run", target)


@pytest.mark.parametrize("command", [each for each in commands() if "aiimage-conform" in each])
def test_the_commands_of_the_conformance_runner_are_understood(command: str) -> None:
    arguments = command.replace(" run ", " plan ").split()[1:]
    plan = run(sys.executable, "-m", "contract_tests.cli", *arguments, AIIMAGE_TOKEN="a-token", PATH="/usr/bin:/bin")
    assert "AUTH" in plan


def test_the_test_in_the_readme_passes(tmp_path: Path) -> None:
    (example,) = blocks("python")
    Project(tmp_path).passes(example)


@pytest.mark.parametrize("page", ["control", "faults", "scenarios"])
def test_the_calls_in_a_page_work(server: Server, page: str) -> None:
    shell = "".join(re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / f"{page}.md").read_text(), re.DOTALL))
    shell = shell.replace("http://127.0.0.1:8010", server.origin).replace("demo", f"docs-{page}")
    for call in re.split(r"\n(?=curl)", shell.strip()):
        if call:
            run("bash", "-c", f"{call} --silent --show-error --output {os.devnull}; test $? -eq 0 -o $? -eq 52")


def test_every_flag_is_in_its_table() -> None:
    assert first_column("flag") == {parameter.opts[0] for parameter in serve.params}


def cells(name: str) -> list[str]:
    """The cells of the row of a setting."""
    row = next(line for line in SETTINGS.splitlines() if line.startswith(f"| `{name}`"))
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_every_setting_is_in_its_table_with_what_it_takes_and_does() -> None:
    assert first_column("setting", SETTINGS) | first_column("limit", SETTINGS) == set(rules().settings)
    for setting in rules().settings.values():
        _, default, rule, takes, does = cells(setting.name)
        shown = ", ".join(map(str, setting.default)) if isinstance(setting.default, list) else str(setting.default)
        assert isinstance(setting.default, dict) or default == shown
        assert rule == (f"{setting.rule} ({setting.source})" if setting.rule else "a limit of ours")
        assert takes == setting.takes
        assert does.endswith(".")


def test_the_example_of_a_behaviour_file_is_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", SETTINGS, re.DOTALL)
    (tmp_path / "behaviour.yaml").write_text(example)
    assert read_behaviour(tmp_path / "behaviour.yaml", rules()).lock_scope == "global"


def test_every_ready_made_scenario_is_in_its_table() -> None:
    assert first_column("scenario", (ROOT / "docs" / "scenarios.md").read_text()) == set(ready_made_scenarios())


def test_every_ready_made_token_is_in_its_table() -> None:
    assert first_column("token") == set(read_accounts(resources.ACCOUNTS, contract()).listed)


PAGES = sorted([ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "docs").glob("*.md")])


def test_every_call_of_the_control_api_is_in_its_table() -> None:
    told = re.findall(r"^\| `([A-Z]+ /_mock/[^`]*)` \|", (ROOT / "docs" / "control.md").read_text(), re.MULTILINE)
    document = read_yaml(resources.CONTROL)
    methods = {"get", "put", "post", "patch", "delete"}
    paths = {path: set(item) & methods for path, item in document["paths"].items()}
    assert sorted(told) == sorted(f"{method.upper()} {path}" for path, found in paths.items() for method in found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_is_linked_or_named_is_there(page: Path) -> None:
    text = page.read_text()
    linked = {link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")}
    roots = "mock_server|contract_tests|tests|openapi|fixtures|docs|http|domain|stores|service|faults|insight|control"
    named = set(re.findall(rf"`((?:{roots})/[\w./-]+)`", text))
    assert [each for each in linked if not (page.parent / each).exists()] == []
    assert [each for each in named if not any((base / each).exists() for base in (ROOT, ROOT / "mock_server"))] == []

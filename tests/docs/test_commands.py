"""docs/commands.md has every command, flag, exit status and environment variable, and correct log lines."""

import ast
import json
import re
from pathlib import Path
from typing import Any, cast

import click
import httpx
import pytest

import contract_tests.runner.cli
import contract_tests.runner.settings
import mock_server.cli
import mock_server.pytest_plugin
from mock_server.flags import EnvironmentOption
from support.pages import ROOT, page, pages
from support.server import Server

PAGE = page("commands")
PROGRAMS = {"aiimage-mock": mock_server.cli.main, "aiimage-conform": contract_tests.runner.cli.main}
ALL = "\n".join(each.text for each in pages())


def flags(command: click.Command) -> set[str]:
    return {option.opts[0] for option in command.params if isinstance(option, click.Option)}


def test_every_command_is_in_its_table() -> None:
    documented = {row[0].strip("`") for row in PAGE.rows("command | what it does")}
    assert documented == {f"{program} {name}" for program, group in PROGRAMS.items() for name in group.commands}


@pytest.mark.parametrize(
    ("header", "commands"),
    [
        ("flag of `run`, `plan`", ["run", "plan"]),
        ("flag of `record`", ["record"]),
        ("flag of `calibrate`", ["calibrate"]),
        ("flag of `replay`, `drift`", ["replay", "drift"]),
        ("flag of `selftest`", ["selftest"]),
    ],
)
def test_every_flag_of_the_suite_is_in_its_table_with_its_default(header: str, commands: list[str]) -> None:
    found = [contract_tests.runner.cli.main.commands[name] for name in commands]
    assert set(PAGE.names(header)) == set().union(*map(flags, found))
    defaults = {option.opts[0]: option.default for command in found for option in command.params}
    for row in PAGE.rows(header):
        default = defaults[re.findall(r"--[a-z-]+", row[0])[0]]
        assert not isinstance(default, str | int) or isinstance(default, bool) or row[1] == str(default)


class Flags:
    """A replacement for pytest's option parser that records the names."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def getgroup(self, *_: str) -> "Flags":
        return self

    def addoption(self, name: str, **_: Any) -> None:
        self.names.add(name)


def test_every_flag_of_pytest_is_listed() -> None:
    suite, fixture = Flags(), Flags()
    contract_tests.runner.settings.add_pytest_options(cast("pytest.Parser", suite))
    mock_server.pytest_plugin.pytest_addoption(cast("pytest.Parser", fixture))
    documented = {
        flag for row in PAGE.rows("flag of `pytest contract_tests`") for flag in re.findall(r"`(--[a-z-]+)", row[0])
    }
    assert documented == suite.names
    assert all(f"`pytest {flag} " in PAGE.text for flag in fixture.names)


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_flag_is_undocumented(program: str) -> None:
    for command in PROGRAMS[program].commands.values():
        for flag in flags(command):
            assert re.search(rf"`[^`\n]*{flag}\b", ALL), flag


def statuses(text: str) -> set[str]:
    """Return the exit statuses that a help lists."""
    (listed,) = re.findall(r"^Exit status.*:\n((?: +.*\n)+)", text, re.MULTILINE)
    return set(re.findall(r"^  (\d)  ", listed, re.MULTILINE))


@pytest.mark.parametrize(
    "name",
    [
        "aiimage-mock serve",
        *(f"aiimage-conform {command}" for command in ("run", "compare", "selftest", "record", "calibrate")),
    ],
)
def test_every_exit_status_is_in_its_table(name: str) -> None:
    program, command = name.split()
    listed = statuses(PROGRAMS[program].commands[command].epilog or "")
    documented = {row[1] for row in PAGE.rows("command | status") if row[0] == f"`{name}`"}
    assert documented == listed
    assert len(documented) >= 2


def read_variables(path: Path) -> set[str]:
    """Return the environment variables that a module reads or defines as a constant."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and "environ" in ast.unparse(node.func)]
    read = {each.value for call in calls for each in call.args if isinstance(each, ast.Constant)}
    kept = {each.value for each in ast.walk(tree) if isinstance(each, ast.Constant)} & {"AIIMAGE_TOKEN"}
    return {str(each) for each in read | kept if each and str(each).isupper()}


@pytest.mark.slow
def test_every_environment_variable_is_in_its_table() -> None:
    documented = set(re.findall(r"`([A-Z][A-Z_]+)`", "".join(row[0] for row in PAGE.rows("variable"))))
    modules = [path for folder in ("mock_server", "contract_tests") for path in (ROOT / folder).rglob("*.py")]
    read = set().union(*map(read_variables, modules)) - {"PYTEST_ADDOPTS", "PYTEST_PLUGINS"}
    assert len(read) > 5
    assert read <= documented
    assert "PYTEST_ADDOPTS" not in ALL


def test_every_flag_of_the_mock_has_a_variable() -> None:
    assert "`AIIMAGE_MOCK_…`" in PAGE.rows("variable")[0][0]
    assert all(isinstance(option, EnvironmentOption) for option in mock_server.cli.serve.params)


def test_the_lines_of_the_log_match_the_page() -> None:
    calls = [("check-availability", "demo-busy", {}), ("versions", "demo", {"X-Mock-Fault": "proxy-error"})]
    logs = {}
    for form in ("text", "json"):
        with Server("--log-format", form) as server:
            for path, token, headers in calls:
                httpx.get(f"{server.base_url}/aiimage/{path}", headers={"Authorization": f"Bearer {token}", **headers})
            logs[form] = server.stop().splitlines()
    changing = r"^\d\d:\d\d:\d\d [0-9a-f]+  "
    documented = PAGE.blocks("text")[0].splitlines()
    assert all(re.match(changing, line) for line in documented)
    assert [re.sub(changing, "", line) for line in logs["text"]] == [re.sub(changing, "", line) for line in documented]
    line, shown = json.loads(logs["json"][0]), json.loads(PAGE.blocks("json")[0])
    assert list(line) == list(shown)
    assert {**line, "time": 0, "id": 0} == {**shown, "time": 0, "id": 0}

"""docs/install.md is correct."""

import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

from mock_server.cli import main, serve
from support.image import Image
from support.pages import ROOT, Page
from support.pipelines import BIN, commands
from support.server import Server

pytestmark = pytest.mark.delivery

PAGE = Page("install.md")
WAYS = {command.strip("`") for _, command, _ in PAGE.rows("way | command | for")}
RUNS = sorted(way for way in WAYS if way.endswith("aiimage-mock serve"))
TOOLS = sorted(way for way in WAYS if way in ("uv tool install .", "pipx install ."))
DOCKER = [line for line in PAGE.commands() if line.startswith("docker run ")]


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make uv and pipx install into a separate folder, with the Python that runs the tests."""
    if not all((BIN / name).exists() for name in ("uv", "pipx")):
        pytest.skip("uv and pipx are not installed: pip install '.[dev]'")
    places = {"UV_TOOL_DIR": "uv", "UV_TOOL_BIN_DIR": "bin", "PIPX_HOME": "pipx", "PIPX_BIN_DIR": "bin"}
    for name, place in places.items():
        monkeypatch.setenv(name, str(tmp_path / place))
    monkeypatch.setenv("UV_PYTHON", sys.executable)
    monkeypatch.setenv("PIPX_DEFAULT_PYTHON", sys.executable)
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(ROOT)
    return tmp_path


def test_each_way_is_tested() -> None:
    others = {"make serve", "pip install .", "docker build -t aiimage-mock ."}
    assert {*RUNS, *TOOLS, *others} == WAYS
    assert len(RUNS) == len(TOOLS) == 2


@pytest.mark.parametrize("command", RUNS)
def test_the_mock_runs_without_installation(away: Path, command: str) -> None:
    program, *arguments = command.removesuffix(" serve").split()
    with Server("--generation-time", "0", command=(str(BIN / program), *arguments)) as server:
        try:
            assert httpx.get(f"{server.origin}/_mock/health").json()["status"] == "ok"
        finally:
            server.stop()


@pytest.mark.parametrize("command", TOOLS)
def test_the_commands_are_installed_in_their_own_environment(away: Path, command: str) -> None:
    subprocess.run(command.split(), check=True, capture_output=True)
    installed = [away / "bin" / name for name in ("aiimage-mock", "aiimage-conform")]
    assert all(path.exists() for path in installed)
    documented = subprocess.run([installed[0], "rules"], capture_output=True, text=True, check=True).stdout
    assert documented == (ROOT / "openapi" / "rules.yaml").read_text()


def test_every_extra_is_in_its_table() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    documented = {name.strip("`"): command for name, command, _ in PAGE.rows("extra | command | brings")}
    assert documented == {name: f"`pip install '.[{name}]'`" for name in extras}


def test_the_image_is_built_from_this_folder() -> None:
    assert "docker build -t aiimage-mock ." in PAGE.commands()
    assert (ROOT / "Dockerfile").exists()


@pytest.mark.parametrize("line", DOCKER)
def test_a_container_takes_the_documented_settings(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, image, after = line.partition(" aiimage-mock")
    assert image
    given = shlex.split(before)[2:]
    values = dict(zip(given[1::2], given[2::2], strict=True))
    assert given[0] == "--rm"
    assert values["-p"].split(":")[2] == Image(ROOT, Path()).final["EXPOSE"]
    if "-e" in values:
        monkeypatch.setenv(*values["-e"].split("=", 1))
        assert values["-e"].partition("=")[0] in {parameter.envvar for parameter in serve.params}
    name, *arguments = after.split() or ["serve"]
    context = main.commands[name].make_context(name, arguments)
    if "-v" in values:
        here, there, _ = values["-v"].replace("$PWD", str(ROOT)).split(":")
        assert Path(here).exists()
        assert str(context.params["accounts"]) == there


def test_the_services_of_compose_are_in_its_file() -> None:
    lines = [line for block in PAGE.blocks("sh") for line in block.splitlines() if line.startswith("docker compose ")]
    assert [line.removeprefix("docker compose up --build ") for line in lines] == ["mock", "balancer"]


@pytest.mark.parametrize(("shell", "line"), [(row[0], row[2].strip("`")) for row in PAGE.rows("shell | where | line")])
def test_the_line_of_a_shell_enables_completion(shell: str, line: str, tmp_path: Path) -> None:
    bash = line.replace("| source", "").replace("eval", "echo")
    with commands(tmp_path) as runner:
        assert runner.run(bash) == 0
        assert f"_AIIMAGE_MOCK_COMPLETE={shell}_complete" in runner.printed
        if shell == "bash":
            assert runner.run(f"{line}; complete -p aiimage-mock") == 0
            assert runner.printed.endswith("_aiimage_mock_completion aiimage-mock\n")


def test_the_suite_completes_with_the_documented_variable(tmp_path: Path) -> None:
    assert "`_AIIMAGE_CONFORM_COMPLETE`" in PAGE.text
    with commands(tmp_path, COMP_WORDS="aiimage-conform run --pro", COMP_CWORD="2") as runner:
        runner.run("aiimage-conform", _AIIMAGE_CONFORM_COMPLETE="bash_complete")
        assert runner.printed == "plain,--profile\n"

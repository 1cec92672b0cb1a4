"""The help of the commands: every option has a value and a default, and the examples run."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner

import contract_tests.runner.cli
import contract_tests.wrong_servers.selftest
import mock_server.cli
from contract_tests.oracle.resources import load_rules
from contract_tests.wrong_servers import planning
from mock_server import resources
from mock_server.flags import ready_made
from support.server import Server

ROOT = Path(__file__).parent.parent
CHEAP = "--only VERSIONS --profile free"


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield each command, by the words that start it."""
    for program, group in (("aiimage-mock", mock_server.cli.main), ("aiimage-conform", contract_tests.runner.cli.main)):
        yield program, group
        yield from ((f"{program} {name}", command) for name, command in group.commands.items())


COMMANDS = dict(commands())


def help_text(name: str) -> str:
    """Return the output of --help, without line breaks in a text."""
    command = CliRunner().invoke(COMMANDS[name], ["--help"], prog_name=name, terminal_width=400, max_content_width=400)
    assert command.exit_code == 0
    return command.output


def examples(name: str) -> list[str]:
    """Return the lines under Example in the help of a command."""
    (listed,) = re.findall(r"^ *Example:\n((?: +.*\n)+)", f"{help_text(name)}\n", re.MULTILINE)
    return [line.strip() for line in listed.splitlines() if line.strip()]


OPTIONS = [
    pytest.param(name, option, id=f"{name} {option.opts[0]}")
    for name, command in COMMANDS.items()
    for option in command.params
    if isinstance(option, click.Option)
]


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_every_option_has_a_value_and_a_default(name: str, option: click.Option) -> None:
    record = option.get_help_record(COMMANDS[name].make_context(name, [], resilient_parsing=True))
    assert record
    usage, text = record
    assert text
    if not option.is_flag:
        value = usage.removeprefix(option.opts[0]).strip()
        assert value not in ("", "TEXT", "INTEGER", "INTEGER RANGE", "FLOAT", "FILE PATH", "PATH")
        assert "default: " in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_description_and_an_example(name: str) -> None:
    assert COMMANDS[name].help
    found = examples(name)
    assert found
    assert all(line.split()[0] == name.split()[0] for line in found)
    assert any(line.startswith(name) for line in found)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in COMMANDS if name.startswith("aiimage-mock")])
def test_the_examples_of_the_mock_run(name: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        port = str(stack.enter_context(Server()).port)
        for line in examples(name):
            words = line.removesuffix("&").split()
            if words[1] == "serve":
                flags = re.sub(r"--port \S+", "", " ".join(words[2:])).split()
                server = stack.enter_context(Server(*flags))
                port = str(server.port)
                assert httpx.get(f"{server.origin}/_mock/health").status_code == 200
            else:
                run(f"{sys.executable} -m mock_server {' '.join(words[1:])}", tmp_path, AIIMAGE_MOCK_PORT=port)
            if ">" in words:
                printed = (tmp_path / words[-1]).read_text()
                assert printed in {
                    each.read_text() for each in (resources.DOCUMENT, resources.CONTROL, resources.RULES)
                }


@pytest.mark.slow
def test_the_examples_of_the_conformance_runner_run(tmp_path: Path) -> None:
    with Server("--generation-time", "0") as server:
        target = tmp_path / "fixtures" / "targets" / "mock.yaml"
        target.parent.mkdir(parents=True)
        text = (ROOT / "fixtures" / "targets" / "mock.yaml").read_text()
        target.write_text(text.replace("http://127.0.0.1:8010", server.origin))
        lines = examples("aiimage-conform")
        assert [line.split()[1] for line in lines] == ["plan", "run"]
        for line in lines:
            assert "VERSIONS" in run(f"{conform(line)} {CHEAP}", tmp_path)
    shutil.copytree(tmp_path / "conformance", tmp_path / "conformance-of-main")
    (line,) = examples("aiimage-conform compare")
    assert run(conform(line), tmp_path)


def test_the_example_of_the_selftest_names_existing_servers() -> None:
    (line,) = examples("aiimage-conform selftest")
    context = contract_tests.wrong_servers.selftest.selftest.make_context("selftest", line.split()[2:])
    servers = planning.chosen(context.params["only"].split(","))
    assert list(planning.jobs_for(servers, planning.MODES[context.params["mode"]], 1))


def conform(line: str) -> str:
    return line.replace("aiimage-conform", f"{sys.executable} -m contract_tests", 1)


def run(command: str, folder: Path, **environment: str) -> str:
    given = {**os.environ, **environment}
    done = subprocess.run(["sh", "-ec", command], cwd=folder, env=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_everything_ready_made_is_named_in_the_help() -> None:
    shown = help_text("aiimage-mock serve")
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for kind, names in ready_made().items():
        assert f"{kind} " in shown
        (line,) = (line for line in listed.splitlines() if line.startswith(f"{kind}:"))
        assert set(line.split()[1:]) == set(names)
        assert all(name in shown for name in names)
    (line,) = (line for line in listed.splitlines() if line.startswith("rules:"))
    assert line.split()[1:] == list(load_rules())


@pytest.mark.parametrize(
    ("command", "words", "completed"),
    [
        ("mock_server", "aiimage-mock serve --scenario last", {"last-credits"}),
        ("mock_server", "aiimage-mock serve --behaviour s", {"strict"}),
        ("mock_server", "aiimage-mock behaviours fam", {"family"}),
        ("contract_tests", "aiimage-conform run --only AUTH,LOCK-1", {"AUTH,LOCK-10S"}),
    ],
)
def test_names_are_completed(command: str, words: str, completed: set[str]) -> None:
    program = words.split()[0]
    variable = f"_{program.replace('-', '_').upper()}_COMPLETE"
    given = {variable: "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    started = f"import sys; sys.argv = ['{program}']; from {command}.__main__ import main; main()"
    if command == "mock_server":
        started = f"from mock_server.cli import main; main(prog_name='{program}')"
    done = subprocess.run([sys.executable, "-c", started], env={**os.environ, **given}, capture_output=True, text=True)
    assert {line.removeprefix("plain,") for line in done.stdout.splitlines() if line.startswith("plain")} == completed

"""Shell completion, which click provides: a script for each shell, and the proposals."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from mock_server.cli import main; main(prog_name='aiimage-mock')"]


def completion(instruction: str, **environment: str) -> str:
    given = {**os.environ, "_AIIMAGE_MOCK_COMPLETE": instruction, **environment}
    return subprocess.run(COMMAND, env=given, capture_output=True, text=True, check=True).stdout


def proposed(line: str) -> list[str]:
    """Return the completions of a line in bash, as KIND,TEXT."""
    words = line.split(" ")
    return completion("bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1)).splitlines()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(shell: str) -> None:
    script = completion(f"{shell}_source")
    assert "aiimage-mock" in script
    assert f"_AIIMAGE_MOCK_COMPLETE={shell}_complete" in script


@pytest.mark.parametrize(
    ("line", "proposals"),
    [
        ("aiimage-mock ser", ["serve"]),
        ("aiimage-mock serve --st", ["--state"]),
        ("aiimage-mock serve --log-format ", ["text", "json"]),
    ],
)
def test_commands_flags_and_values_are_proposed(line: str, proposals: list[str]) -> None:
    assert proposed(line) == [f"plain,{each}" for each in proposals]


@pytest.mark.parametrize("flag", ["--accounts", "--scenario", "--behaviour"])
def test_files_are_proposed_by_the_shell(flag: str) -> None:
    assert proposed(f"aiimage-mock serve {flag} ")[-1] == "file,"


def test_bash_runs_its_script(tmp_path: Path) -> None:
    program = tmp_path / "aiimage-mock"
    program.write_text(f'#!{sys.executable}\nfrom mock_server.cli import main\nmain(prog_name="aiimage-mock")\n')
    program.chmod(0o755)
    (tmp_path / "completion").write_text(completion("bash_source"))
    line = 'COMP_WORDS=(aiimage-mock serve --st) COMP_CWORD=2; _aiimage_mock_completion aiimage-mock; echo "$COMPREPLY"'
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    shell = ["bash", "--norc", "-c", f'source "{tmp_path}/completion"; {line}']
    assert subprocess.run(shell, env=environment, capture_output=True, text=True).stdout == "--state\n"

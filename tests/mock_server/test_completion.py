"""Shell completion, which click provides: a script for each shell, and the proposals."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
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
    assert proposed(f"aiimage-mock serve {flag} ")[0] == "file,"


# Each prints the proposals for $LINE, whose last word is $WORD. The real scripts run; functions that need a terminal
# are replaced.
ASK = {
    "bash": """
        compopt() { :; }
        source "$SCRIPT"
        COMP_WORDS=($LINE) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _aiimage_mock_completion aiimage-mock
        printf '%s\\n' "${COMPREPLY[@]}"
        [[ ${#COMPREPLY[@]} -gt 0 ]] || compgen -f -- "$WORD"  # as with -o default
    """,
    "zsh": """
        compdef() { :; }
        _describe() { print -l -- ${(P)3} }
        compadd() { local last=${@[-1]}; print -l -- ${(P)last} }
        _path_files() { print -l -- $WORD*(N) }
        source "$SCRIPT"
        words=(${=LINE}) CURRENT=$#words
        _aiimage_mock_completion
    """,
    "fish": 'source "$SCRIPT"; complete -C "$LINE"',
}
NO_START_FILES = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}


@pytest.mark.slow
@pytest.mark.parametrize("shell", ASK)
@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("aiimage-mock serve --st", {"--state"}),
        ("aiimage-mock serve --scenario last", {"last-credits"}),
        ("aiimage-mock serve --behaviour str", {"strict"}),
        ("aiimage-mock prove --behaviour fam", {"family"}),
        ("aiimage-mock serve --scenario own", {"own.yaml"}),
        ("aiimage-mock serve --accounts own", {"own.yaml"}),
    ],
)
def test_a_shell_completes_names_and_files(tmp_path: Path, shell: str, line: str, completed: set[str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    program = tmp_path / "bin" / "aiimage-mock"
    program.parent.mkdir()
    program.write_text(f'#!{sys.executable}\nfrom mock_server.cli import main\nmain(prog_name="aiimage-mock")\n')
    program.chmod(0o755)
    (folder := tmp_path / "folder").mkdir()
    (folder / "own.yaml").touch()
    (script := tmp_path / "script").write_text(completion(f"{shell}_source"))
    given = {"PATH": f"{program.parent}:{os.environ['PATH']}", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    given |= {"SCRIPT": str(script), "LINE": line, "WORD": line.split()[-1]}
    command = [shell, *NO_START_FILES[shell], "-c", ASK[shell]]
    done = subprocess.run(command, cwd=folder, env={**os.environ, **given}, capture_output=True, text=True)
    # A description follows a tab or a colon.
    assert {re.split("[\t:]", each)[0] for each in done.stdout.split("\n") if each} == completed, done.stderr

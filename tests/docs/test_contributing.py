"""CONTRIBUTING.md, CHANGELOG.md and the hooks for contributors are correct."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from mock_server import __version__
from mock_server.configuration import ready_made_scenarios
from mock_server.contract import read_yaml
from support.pages import ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
HOOKS = [hook for repo in read_yaml(ROOT / ".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]


def commands() -> list[str]:
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", CONTRIBUTING, re.DOTALL | re.MULTILINE)
    return [line.strip() for block in blocks for line in block.splitlines()]


def made(target: str) -> str:
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z-]+)\b", CONTRIBUTING))))
def test_every_named_make_target_exists(target: str) -> None:
    assert f"{target}:" in MAKEFILE
    made(target)


def test_every_command_is_tested() -> None:
    # tests/test_release.py runs the commands of a release.
    kinds = ("make ", ".venv/bin/pytest ", "pipx install pre-commit", "pre-commit install", "git ", "docker build ")
    assert [each for each in commands() if not each.startswith(kinds)] == []


@pytest.mark.parametrize("command", [each for each in commands() if each.startswith(".venv/bin/pytest")])
def test_the_named_tests_exist(command: str) -> None:
    named = [word for word in shlex.split(command)[1:] if word not in ("-n", "auto")]
    assert all((ROOT / name).is_dir() for name in named)


@pytest.mark.parametrize("text", [CONTRIBUTING, CHANGELOG], ids=["contributing", "changelog"])
def test_every_linked_or_named_path_exists(text: str) -> None:
    linked = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")]
    named = re.findall(r"`((?:tests|mock_server|contract_tests|docs)/[\w./-]*)`", text)
    assert [path for path in {*linked, *named} if not (ROOT / path).exists()] == []


def test_the_changelog_has_the_declared_form() -> None:
    kinds = set(re.findall(r"^### (\w+)$", CHANGELOG, re.MULTILINE))
    versions = re.findall(r"^## \[(.+?)\]", CHANGELOG, re.MULTILINE)
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert versions[0] == "Unreleased"
    assert versions[1:2] in ([], [__version__])
    assert len(ready_made_scenarios()) == 10, "as in the changelog"


def test_a_hook_runs_a_check_of_make_lint_without_downloads() -> None:
    checks = made("lint")
    assert {repo["repo"] for repo in read_yaml(ROOT / ".pre-commit-config.yaml")["repos"]} == {"local"}
    for hook in HOOKS:
        program, *arguments = hook["entry"].replace(" --force-exclude", "").split()
        assert hook["language"] == "system"
        assert Path(program).parts[:2] == (".venv", "bin")
        assert re.search(rf"^{re.escape(' '.join([program, *arguments]))}\b", checks, re.MULTILINE), hook["id"]

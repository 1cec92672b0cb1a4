"""A copy of this project as a clone would have it: its files, in a repository of their own, without an environment."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support.pages import ROOT

PERSON = {f"GIT_{role}_{field}": "a@example.org" for role in ("AUTHOR", "COMMITTER") for field in ("NAME", "EMAIL")}


def copy_checkout(folder: Path) -> Path:
    """Copy the files that git knows here or would add, and commit them; skip the test outside of a repository."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is not a checkout of the repository")
    for path in (ROOT / name for name in _git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard")):
        if path.exists():
            (copy := folder / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    _git(folder, "init", "--quiet")
    _git(folder, "add", ".")
    _git(folder, "commit", "--quiet", "--message", "All files")
    return folder


def _git(folder: Path, *arguments: str) -> list[str]:
    command, given = ["git", *arguments], {**os.environ, **PERSON}
    return subprocess.run(
        command, cwd=folder, env=given, check=True, capture_output=True, text=True
    ).stdout.splitlines()

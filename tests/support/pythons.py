"""Environments of other Python versions: those of this machine, and those that uv can download."""

import os
import subprocess
from pathlib import Path

import pytest

from support.pipelines import BIN

SUPPORTED = ("3.11", "3.12", "3.13", "3.14")


def make_environment(version: str, folder: Path) -> Path:
    """Make an environment of a Python version, and return its Python; skip the test where there is none."""
    made = subprocess.run(
        [str(BIN / "uv"), "venv", "--quiet", "--python", version, str(folder)],
        env={**os.environ, "PATH": os.pathsep.join([os.environ["PATH"], *_pyenv()]), "UV_HTTP_RETRIES": "0"},
        capture_output=True,
        text=True,
    )
    if made.returncode:
        reason = made.stderr.splitlines()[-1].strip()
        pytest.skip(f"Python {version} is not installed and cannot be downloaded: {reason}")
    return folder / "bin" / "python"


def _pyenv() -> list[str]:
    """Return the folders of all versions of pyenv, whose programs on the path are those of one version only."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return [str(path) for path in root.glob("versions/*/bin")]

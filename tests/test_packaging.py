"""The wheel outside of the repository, and the versions of dependencies. test_image.py runs the installed mock."""

import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.delivery

ROOT = Path(__file__).parent.parent
PIP_INSTALL = ("-m", "pip", "install", "-q", "--disable-pip-version-check")


def run(*command: str, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Return the output of the command; if it fails, fail with its output."""
    done = subprocess.run(command, cwd=cwd, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT), cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_the_contract_and_the_fixtures(wheel: Path) -> None:
    carried = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("openapi", "fixtures"):
        files = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert files
        assert {f"aiimage_mock/{name}" for name in files} <= carried
    assert "contract_tests/report/page.html" in carried
    reference = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mock_server" / "reference").glob("*/*.*")}
    reference = {name for name in reference if not name.endswith(".pyc")}
    assert "mock_server/reference/static/reference.js" in reference
    assert reference <= carried
    page = ROOT / "mock_server" / "dashboard"
    assets = {
        path.relative_to(ROOT).as_posix() for path in page.rglob("*") if path.suffix in (".js", ".css", ".svg", ".html")
    }
    assert len(assets) > 20
    assert assets <= carried
    scripts = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mock_server" / "stores").rglob("*.lua")}
    assert len(scripts) == 12
    assert scripts <= carried
    assert not any("/test_" in name for name in carried if not name.startswith("contract_tests/"))


def test_the_installed_suite_finds_its_contract(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    run(sys.executable, *PIP_INSTALL, "--no-deps", "--target", str(site), str(wheel), cwd=tmp_path)
    target = str(site / "aiimage_mock" / "fixtures" / "targets" / "mock.yaml")
    plan = [sys.executable, "-m", "contract_tests", "plan", "--target", target]
    assert "LOCK-ONE" in run(*plan, cwd=tmp_path, env={"PYTHONPATH": str(site)})


def test_uvicorn_is_capped_at_the_version_after_the_tested_one() -> None:
    """The mock subclasses uvicorn's internals, which change between minor versions."""
    tested = re.search(r"^uvicorn==(\d+)\.(\d+)\.", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    assert tested
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"uvicorn>=0.40,<{tested[1]}.{int(tested[2]) + 1}" in project["dependencies"]

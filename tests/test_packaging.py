"""The wheel, away from the repository. That the mock runs when it is installed, test_image.py shows."""

import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.delivery

ROOT = Path(__file__).parent.parent
PIP_INSTALL = ("-m", "pip", "install", "-q", "--disable-pip-version-check")


def run(*command: str, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Return what the command prints; fail with all of it where it fails."""
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
    assert len(reference) == 3
    assert reference <= carried
    page = ROOT / "mock_server" / "dashboard"
    assets = {
        path.relative_to(ROOT).as_posix() for path in page.rglob("*") if path.suffix in (".js", ".css", ".svg", ".html")
    }
    assert len(assets) > 20
    assert assets <= carried
    assert not any("/test_" in name for name in carried if not name.startswith("contract_tests/"))


def test_the_installed_suite_finds_its_contract(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    run(sys.executable, *PIP_INSTALL, "--no-deps", "--target", str(site), str(wheel), cwd=tmp_path)
    target = str(site / "aiimage_mock" / "fixtures" / "targets" / "mock.yaml")
    plan = [sys.executable, "-m", "contract_tests.cli", "plan", "--target", target]
    assert "LOCK-ONE" in run(*plan, cwd=tmp_path, env={"PYTHONPATH": str(site)})

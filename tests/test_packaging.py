"""The wheel, away from the repository."""

import io
import subprocess
import sys
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from PIL import Image

from support.mock import DALL_E
from support.server import Server

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
    page = ROOT / "mock_server" / "dashboard"
    assets = {
        path.relative_to(ROOT).as_posix() for path in page.rglob("*") if path.suffix in (".js", ".css", ".svg", ".html")
    }
    assert len(assets) > 20
    assert assets <= carried
    assert not any("/test_" in name for name in carried if not name.startswith("contract_tests/"))


def test_the_installed_mock_answers(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "new", with_pip=True)
    binaries = tmp_path / "new" / "bin"
    run(str(binaries / "python"), *PIP_INSTALL, "-c", str(ROOT / "constraints.txt"), str(wheel), cwd=tmp_path)
    with Server("--generation-time", "0", command=(str(binaries / "aiimage-mock"),)) as server:
        url = f"{server.base_url}/aiimage/generate-image"
        reply = httpx.post(url, json=dict(DALL_E), headers={"Authorization": "Bearer demo"})
        picture = httpx.get(f"{server.origin}/{reply.json()['images'][0]['output']}")
        page = httpx.get(f"{server.origin}/_mock/")
        module = httpx.get(f"{server.origin}/_mock/static/page.js")
    assert Image.open(io.BytesIO(picture.content)).size == (256, 256)
    assert (page.status_code, module.status_code) == (200, 200)


def test_the_installed_suite_finds_its_contract(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    run(sys.executable, *PIP_INSTALL, "--no-deps", "--target", str(site), str(wheel), cwd=tmp_path)
    target = str(site / "aiimage_mock" / "fixtures" / "targets" / "mock.yaml")
    plan = [sys.executable, "-m", "contract_tests.cli", "plan", "--target", target]
    assert "LOCK-ONE" in run(*plan, cwd=tmp_path, env={"PYTHONPATH": str(site)})

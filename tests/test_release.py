"""`make release`: what it builds is checked, reproducible, and works with the lowest and the newest dependencies."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from mock_server import __version__
from support.pipelines import BIN
from support.server import Server

pytestmark = pytest.mark.delivery

ROOT = Path(__file__).parent.parent


def release(folder: Path) -> None:
    if not (BIN / "uvx").exists():
        pytest.skip("uv is not installed: pip install '.[dev]'")
    made = ["make", "--silent", "release", f"DIST={folder}", f"BIN={BIN}"]
    done = subprocess.run(made, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "dist"
    release(folder)
    return folder


def test_it_has_a_wheel_an_sdist_and_an_sbom(dist: Path) -> None:
    stem = f"aiimage_mock-{__version__}"
    names = {f"{stem}-py3-none-any.whl", f"{stem}.tar.gz", "sbom.cdx.json"}
    assert {path.name for path in dist.iterdir() if not path.name.startswith(".")} == names
    sbom = json.loads((dist / "sbom.cdx.json").read_text())
    assert sbom["bomFormat"] == "CycloneDX"
    assert {"starlette", "prometheus_client"} <= {each["name"].replace("-", "_") for each in sbom["components"]}


def test_a_second_build_is_the_same(dist: Path, tmp_path: Path) -> None:
    release(tmp_path / "dist")
    first, second = (
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("aiimage_mock*"))}
        for folder in (dist, tmp_path / "dist")
    )
    assert first == second


@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
@pytest.mark.parametrize("kind", ["*.whl", "*.tar.gz"])
def test_it_works_with_all_allowed_versions(dist: Path, tmp_path: Path, kind: str, resolution: str) -> None:
    (package,) = dist.glob(kind)
    uv, python = str(BIN / "uv"), str(tmp_path / "env" / "bin" / "python")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(tmp_path / "env")], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", python, "--resolution", resolution, str(package)]
    subprocess.run(install, check=True)
    with Server("--generation-time", "0", command=(python, "-P", "-m", "mock_server")) as server:
        order = {"image_generator": "flux-pro", "description_flux_pro": "A fox", "image_number_of_images": 1}
        headers = {"Authorization": "Bearer demo"}
        reply = httpx.post(f"{server.base_url}/aiimage/generate-image", json=order, headers=headers)
        picture = httpx.get(f"{server.origin}/{reply.json()['images'][0]['output']}")
        assert picture.headers["content-type"] == "image/png"
        assert "aiimage_mock_images_total 1.0" in httpx.get(f"{server.origin}/_mock/metrics").text

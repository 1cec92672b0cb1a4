"""The release by CONTRIBUTING.md: its packages are checked, reproducible, and work with all allowed versions."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

import httpx
import pytest

from mock_server import __version__
from support.checkout import PERSON, copy_checkout
from support.pages import page
from support.pipelines import BIN
from support.pythons import SUPPORTED, make_environment
from support.server import Server

pytestmark = pytest.mark.delivery

VERSION = f"{int(__version__.split('.')[0]) + 1}.0.0"
DOCUMENTED = next(text for text in page("CONTRIBUTING").blocks("sh") if "make cut" in text).replace("1.2.0", VERSION)
# The environment of this checkout is used as it is. No container engine is needed: the arguments are printed.
HERE = f"""
make() {{ command make --silent --old-file={BIN.parent}/.dev VENV={BIN.parent} "$@"; }}
docker() {{ echo docker "$@"; }}
"""


def run(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    command, environment = ["bash", "-ec", HERE + script], {**os.environ, **PERSON}
    return subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def passes(folder: Path, script: str) -> str:
    done = run(folder, script)
    assert done.returncode == 0, done.stdout
    return done.stdout


def fails(folder: Path, script: str, reason: str) -> None:
    done = run(folder, script)
    assert done.returncode != 0
    assert reason in done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the files of this one, before a release."""
    if not (BIN / "uvx").exists():
        pytest.skip("uv is not installed: pip install '.[dev]'")
    return copy_checkout(tmp_path_factory.mktemp("release") / "checkout")


@pytest.fixture(scope="module")
def dist(checkout: Path) -> Path:
    """The folder that the documented commands make."""
    fails(checkout, "make release", f"has no section of version {__version__}: run make cut")
    assert f"docker build --build-arg VERSION={VERSION} " in passes(checkout, DOCUMENTED)
    return checkout / "dist"


def test_it_has_packages_an_sbom_notes_and_arguments_of_the_image(dist: Path) -> None:
    stem = f"aiimage_mock-{VERSION}"
    names = {f"{stem}-py3-none-any.whl", f"{stem}.tar.gz", "sbom.cdx.json", "notes.md", "image.args"}
    assert {path.name for path in dist.iterdir() if not path.name.startswith(".")} == names
    sbom = json.loads((dist / "sbom.cdx.json").read_text())
    assert sbom["bomFormat"] == "CycloneDX"
    assert str(dist) not in (dist / "sbom.cdx.json").read_text(), "no path of this machine"
    assert {"starlette", "prometheus_client"} <= {each["name"].replace("-", "_") for each in sbom["components"]}
    assert (dist / "notes.md").read_text().startswith("### Added\n")
    revision = passes(dist, f"git rev-parse v{VERSION}").strip()
    assert (dist / "image.args").read_text().splitlines()[:2] == [f"VERSION={VERSION}", f"REVISION={revision}"]


def test_a_second_cut_is_refused(checkout: Path, dist: Path) -> None:
    fails(checkout, f"make cut VERSION={VERSION}", f"has a section of version {VERSION}")
    fails(checkout, f"make cut VERSION={VERSION[:-1]}1", "has no entry")
    assert passes(checkout, "git status --porcelain") == ""


def test_a_release_of_uncommitted_files_is_refused(checkout: Path, dist: Path) -> None:
    (checkout / "another").touch()
    fails(checkout, "make release DIST=elsewhere", "Commit all changes first")
    (checkout / "another").unlink()


def test_a_second_build_is_the_same(checkout: Path, dist: Path, tmp_path: Path) -> None:
    passes(checkout, f"make release DIST={tmp_path}/dist")
    first, second = (
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}
        for folder in (dist, tmp_path / "dist")
    )
    assert first == second


@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
@pytest.mark.parametrize("kind", ["*.whl", "*.tar.gz"])
@pytest.mark.parametrize("version", SUPPORTED)
def test_it_works_with_all_allowed_versions(
    dist: Path, tmp_path: Path, version: str, kind: str, resolution: str
) -> None:
    (package,) = dist.glob(kind)
    python = str(make_environment(version, tmp_path / "env"))
    passes(tmp_path, f"{BIN}/uv pip install --quiet --python {python} --resolution {resolution} {package}")
    with Server("--generation-time", "0", command=(python, "-P", "-m", "mock_server")) as server:
        order = {"image_generator": "flux-pro", "description_flux_pro": "A fox", "image_number_of_images": 1}
        headers = {"Authorization": "Bearer demo"}
        reply = httpx.post(f"{server.base_url}/aiimage/generate-image", json=order, headers=headers)
        picture = httpx.get(f"{server.origin}/{reply.json()['images'][0]['output']}")
        assert picture.headers["content-type"] == "image/png"
        assert "aiimage_mock_images_total 1.0" in httpx.get(f"{server.origin}/_mock/metrics").text
        assert httpx.get(f"{server.origin}/_mock/health").json()["version"] == VERSION

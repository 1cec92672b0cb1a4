"""The example pipeline for GitLab, with each job run."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mock_server.contract import read_yaml
from support.pipelines import ROOT, Commands, commands, free_port
from support.project import OMITTED

pytestmark = pytest.mark.delivery

PIPELINE: dict[str, Any] = read_yaml(ROOT / "examples" / "ci" / "gitlab-ci.yml")
# tests/test_image.py runs the job with a service.
JOBS: dict[str, Any] = {name: job for name, job in PIPELINE.items() if "script" in job and "services" not in job}
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
TEST = """
import httpx

def test_it(aiimage_mock):
    url = f"{aiimage_mock.base_url}/aiimage/versions"
    assert httpx.get(url, headers=aiimage_mock.headers).status_code == 200
"""


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Commands]:
    (tmp_path / "aiimage-mock").symlink_to(ROOT)
    (tmp_path / "test_it.py").write_text(TEST)
    with commands(tmp_path, PYTEST_ADDOPTS=" ".join(OMITTED)) as made:
        yield made


def script(name: str) -> str:
    """Return the commands of a job after its installation; it installs only packages and extras of the project."""
    install, *rest = JOBS[name]["script"]
    assert install.startswith("pip install ")
    assert any(f"'./aiimage-mock[{extra}]'" in install for extra in EXTRAS) or " ./aiimage-mock " in install
    return "\n".join(rest)


def artifacts(name: str) -> list[str]:
    declared = JOBS[name]["artifacts"]
    return [*declared.get("paths", ()), *declared.get("reports", {}).values()]


def run(runner: Commands, name: str, commands: str) -> None:
    given = {key: value.replace("$CI_JOB_ID", "4711") for key, value in JOBS[name].get("variables", {}).items()}
    if "AIIMAGE_MOCK_PORT" in given:
        given["AIIMAGE_MOCK_PORT"] = str(free_port())
    assert runner.run(commands, **given) == 0, runner.printed
    assert all((runner.folder / path).exists() for path in artifacts(name))


def test_each_job_is_tested() -> None:
    assert JOBS.keys() == {"fixture", "running-mock", "conformance"}


@pytest.mark.parametrize("name", ["fixture", "running-mock"])
def test_a_job_passes_its_tests(runner: Commands, name: str) -> None:
    run(runner, name, script(name).replace("-n auto", "-n 1"))
    assert "1 passed" in runner.printed


def test_a_conformance_run_writes_its_reports(runner: Commands) -> None:
    target = "--target aiimage-mock/fixtures/targets/mock.yaml"
    declared = script("conformance")
    assert target in declared
    assert (ROOT / "fixtures" / "targets" / "mock.yaml").exists()
    elsewhere = '--base-url "http://127.0.0.1:$AIIMAGE_MOCK_PORT/api/v1" --token ci --only VERSIONS'
    run(runner, "conformance", declared.replace(target, elsewhere))
    assert "VERSIONS" in runner.printed

"""The Dockerfile, run step by step without a container engine: its image starts, is healthy, and ends on a signal."""

import io
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import PIL.Image
import pytest
import yaml

from mock_server import __version__
from mock_server.contract import read_yaml
from support.image import Image, kept
from support.mock import DALL_E
from support.pages import page
from support.pipelines import BIN, commands
from support.project import OMITTED

pytestmark = pytest.mark.delivery

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    made = Image(ROOT, tmp_path_factory.mktemp("image"))
    made.build()
    return made


@contextmanager
def container(image: Image, **environment: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run what a container of the image runs; yield its process, and the port that it picked."""
    variables = {**image.environment, "AIIMAGE_MOCK_PORT": "0", **environment}
    with subprocess.Popen(
        image.command(), cwd="/", env=variables, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout
            addresses = (re.search(r"http://0\.0\.0\.0:(\d+)", line) for line in process.stdout)
            yield process, next(int(address[1]) for address in addresses if address)
        finally:
            process.kill()


def service_options(text: str) -> dict[str, str]:
    """Return the options of a service container, which are flags of docker create."""
    words = shlex.split(text)
    return dict(zip(words[::2], words[1::2], strict=True))


def health(image: Image, port: int) -> int:
    environment = {**image.environment, "AIIMAGE_MOCK_PORT": str(port)}
    return subprocess.run(image.health_check(), cwd="/", env=environment, capture_output=True).returncode


def test_a_container_answers_is_healthy_and_ends_at_once(image: Image) -> None:
    with container(image, AIIMAGE_MOCK_GENERATION_TIME="0") as (process, port):
        headers = {"Authorization": "Bearer demo"}
        origin = f"http://127.0.0.1:{port}"
        reply = httpx.post(f"{origin}/api/v1/aiimage/generate-image", json=dict(DALL_E), headers=headers)
        picture = httpx.get(f"{origin}/{reply.json()['images'][0]['output']}")
        assert PIL.Image.open(io.BytesIO(picture.content)).size == (256, 256)
        assert httpx.get(f"{origin}/_mock/worlds").status_code == 404, "there is no control API without a token"
        assert health(image, port) == 0
        process.send_signal(getattr(signal, image.final["STOPSIGNAL"]))
        assert process.wait(10) == 0
    assert health(image, port) == 1


def test_with_an_admin_token_a_container_has_a_control_api(image: Image) -> None:
    with container(image, AIIMAGE_MOCK_ADMIN_TOKEN="a-secret") as (process, port):
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}/_mock", headers={"Authorization": "Bearer a-secret"}
        ) as client:
            assert client.get("/health").json()["version"] == __version__
            for path in ("/", "/static/page.js", "/docs", "/docs/reference.css"):
                assert client.get(path).status_code == 200, path
        assert health(image, port) == 0
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


GITHUB = read_yaml(ROOT / "examples" / "ci" / "github-actions.yml")["jobs"]["service"]
GITLAB = read_yaml(ROOT / "examples" / "ci" / "gitlab-ci.yml")["service"]
DOCUMENTED = yaml.safe_load(next(text for text in page("pipeline").blocks("yaml") if "services:" in text))


def test_the_documented_service_is_that_of_the_example() -> None:
    assert DOCUMENTED["services"] == GITHUB["services"]


@pytest.mark.parametrize("job", ["github", "gitlab"])
def test_a_job_with_the_mock_as_a_service_waits_for_it_and_passes(image: Image, tmp_path: Path, job: str) -> None:
    variables = GITHUB["services"]["mock"]["env"] if job == "github" else GITLAB["variables"]
    (tmp_path / "aiimage-mock").symlink_to(ROOT)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(BIN)
    (tmp_path / "test_it.py").write_text("def test_it(aiimage_mock):\n    assert aiimage_mock.state['credits']\n")
    with container(image, **variables) as (_, port), commands(tmp_path, PYTEST_ADDOPTS=" ".join(OMITTED)) as runner:
        options = service_options(GITHUB["services"]["mock"]["options"])
        assert options.keys() == {f"--health-{name}" for name in ("cmd", "interval", "timeout", "retries")}
        environment = {**image.environment, "AIIMAGE_MOCK_PORT": str(port)}
        assert subprocess.run(["sh", "-c", options["--health-cmd"]], env=environment).returncode == 0
        if job == "github":
            steps = [(step["run"], step.get("env", {})) for step in GITHUB["steps"] if "run" in step]
        else:
            steps = [(line.replace("mock:8010", f"127.0.0.1:{port}"), variables) for line in GITLAB["script"]]
        install, *rest = steps
        assert "pip install ./aiimage-mock pytest httpx" in install[0]
        for command, given in rest:
            here = command.replace("--host mock", f"--port {port}").replace("8010", str(port))
            assert runner.run(here, **given) == 0, runner.printed
        assert "1 passed" in runner.printed


def test_a_container_takes_each_setting_of_the_command_line(image: Image) -> None:
    spec = subprocess.run(image.command("spec"), env=image.environment, capture_output=True, text=True, check=True)
    assert spec.stdout == (ROOT / "openapi" / "openapi.yaml").read_text()


def test_state_can_be_in_valkey(image: Image) -> None:
    asked = subprocess.run(
        image.command("serve", "--state", "redis://127.0.0.1:1"), env=image.environment, capture_output=True, text=True
    )
    assert "cannot be reached" in asked.stderr


def test_the_image_runs_without_privileges_and_has_labels() -> None:
    final = Image(ROOT, Path()).final
    assert all(int(number) > 0 for number in final["USER"].split(":"))
    assert 'org.opencontainers.image.title="aiimage-mock"' in final["LABEL"]
    assert "://" not in final["LABEL"]


def test_a_change_of_the_source_installs_no_dependency_again() -> None:
    steps = Image(ROOT, Path()).steps
    source = steps.index(("COPY", ". ."))
    before, after = (
        " ".join(rest for word, rest in part if word == "RUN") for part in (steps[:source], steps[source:])
    )
    assert "install --requirement" in before
    assert "install --no-deps" in after
    assert "install --requirement" not in after


def test_all_images_have_the_same_supported_python() -> None:
    steps = Image(ROOT, Path()).steps
    bases = {rest.split()[0] for word, rest in steps if word == "FROM"}
    (version,) = {re.fullmatch(r"python:3\.(\d+)-slim", base) for base in bases}
    assert version
    assert int(version[1]) >= 11


def test_the_context_has_exactly_the_files_of_the_package() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    context = {str(path) for path in kept(ROOT)}
    assert not any("__pycache__" in path for path in context)
    assert context >= {"constraints.txt", "pyproject.toml", "README.md", "LICENSE", "openapi/openapi.yaml"}
    assert not any(path.startswith(("tests", "docs", "examples", "benchmarks", ".git")) for path in context)
    if tracked.returncode == 0:
        packages = ("mock_server/", "contract_tests/", "openapi/", "fixtures/")
        assert {path for path in tracked.stdout.split() if path.startswith(packages)} <= context

"""Real clients, each with the same calls over one pool: JSON, an upload, refusals, and calls after a refusal."""

import io
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from support import node
from support.server import Server

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
EXPECTED = {"json": "200", "upload": "200", "refused": "401", "after": "200", "invalid": "422", "again": "200"}
PYTHON = ("httpx", "requests", "aiohttp", "urllib")
NODE = ("fetch", "undici", "axios", "got")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A picture, and one beyond what any client or socket buffers."""
    folder = tmp_path_factory.mktemp("clients")
    output = io.BytesIO()
    Image.new("L", (8, 8)).save(output, "PNG")
    (folder / "source.png").write_bytes(output.getvalue())
    (folder / "large.png").write_bytes(random.Random(1).randbytes(8_000_000))
    return {"PICTURE": str(folder / "source.png"), "LARGE": str(folder / "large.png")}


@pytest.fixture(scope="module")
def quick() -> Iterator[Server]:
    """A mock whose generations take no time."""
    with Server("--generation-time", "0") as served:
        yield served


def tool(name: str) -> str:
    """Return the path of a program; skip the test if there is none."""
    return shutil.which(name) or pytest.skip(f"there is no {name}")


def play(quick: Server, files: dict[str, str], *command: str, **environment: str) -> None:
    """Run a client, and compare the statuses that it prints and the prompts that the mock read."""
    token = f"client-{random.getrandbits(64)}"
    where = {"BASE": quick.base_url, "TOKEN": token, "PYTHONPATH": str(HERE.parent)}
    variables = {**os.environ, **files, **environment, **where}
    done = subprocess.run(command, cwd=HERE, env=variables, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert dict(line.split(" ", 1) for line in done.stdout.splitlines()) == EXPECTED, done.stderr
    bearer = {"Authorization": f"Bearer {token}"}
    images = httpx.get(f"{quick.base_url}/aiimage/recent-images", headers=bearer).json()
    assert {image["input"] for image in images} <= {"Café in fog", "fog"}
    assert len(images) == 3


@pytest.mark.parametrize("name", PYTHON)
def test_a_client_in_python(quick: Server, files: dict[str, str], name: str) -> None:
    play(quick, files, sys.executable, f"with_{name}.py")


@pytest.mark.parametrize("name", NODE)
def test_a_client_of_node(quick: Server, files: dict[str, str], name: str) -> None:
    program = node.node(20, 18, 1)
    if name != "fetch":
        node.packages(HERE)
    play(quick, files, program, f"{name}.mjs")


def test_curl(quick: Server, files: dict[str, str]) -> None:
    tool("curl")
    play(quick, files, tool("sh"), "curl.sh")


@pytest.mark.parametrize("name", ["curl", "streams"])
def test_a_client_in_php(quick: Server, files: dict[str, str], name: str) -> None:
    php = tool("php")
    if name == "curl" and "curl" not in subprocess.run([php, "-m"], capture_output=True, text=True).stdout.split():
        pytest.skip("PHP has no curl extension")
    play(quick, files, php, f"{name}.php")


def test_a_client_in_ruby(quick: Server, files: dict[str, str]) -> None:
    play(quick, files, tool("ruby"), "-Eutf-8:utf-8", "net_http.rb")


def test_a_client_in_go(quick: Server, files: dict[str, str], tmp_path: Path) -> None:
    play(
        quick,
        files,
        tool("go"),
        "run",
        "client.go",
        GOCACHE=str(tmp_path / "cache"),
        GOFLAGS="-mod=mod",
        GOTOOLCHAIN="local",
    )


def test_a_client_in_java(quick: Server, files: dict[str, str]) -> None:
    play(quick, files, tool("java"), "Client.java")

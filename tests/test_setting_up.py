"""`make serve` in a clone without an environment, as the README begins."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.checkout import copy_checkout

pytestmark = pytest.mark.delivery


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[Iterator[str]]:
    """The lines that `make serve` prints, until the test ends."""
    checkout = copy_checkout(tmp_path / "checkout")
    given = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    command = ["make", "serve", "SERVE=--port 0 --generation-time 0"]
    with subprocess.Popen(
        command,
        cwd=checkout,
        env=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        yield iter(process.stdout)
        os.killpg(process.pid, signal.SIGTERM)
        process.stdout.read()


def test_a_clone_serves_after_one_command(printed: Iterator[str]) -> None:
    said = []
    for line in printed:
        said.append(line)
        if "Ctrl-C" in line:
            break
    shown = "".join(said)
    assert "Setting up .venv ..." in shown
    (origin,) = set(re.findall(r"http://127\.0\.0\.1:\d+", shown))
    order = {"image_generator": "flux-pro", "description_flux_pro": "A fox", "image_number_of_images": 1}
    headers = {"Authorization": "Bearer demo"}
    reply = httpx.post(f"{origin}/api/v1/aiimage/generate-image", json=order, headers=headers)
    assert reply.json()["status"] == "success"

"""openapi-generator reads both documents as they are printed, and its Python client works without a change."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.pages import page
from support.pipelines import BIN
from support.server import Server

pytestmark = pytest.mark.delivery

EXPECTED = {
    "available": "success",
    "hero": "A cloud",
    "512x512": "1",
    "768x1344": "1",
    "recent": "3",
    "invalid": "422",
    "demo-busy": "409",
    "demo-empty": "419",
    "demo-limited": "429",
    "demo-invalid": "401",
}
(VERSION,) = (row[1] for row in page("clients").rows("generator | version") if "openapi-generator" in row[0])


def generate(folder: Path, openapi: str) -> None:
    if not (BIN / "uvx").exists() or shutil.which("java") is None:
        pytest.skip("uv and Java are needed")
    document = folder / "openapi.yaml"
    printed = [sys.executable, "-m", "mock_server", "spec", "--openapi", openapi]
    document.write_text(subprocess.run(printed, check=True, capture_output=True, text=True).stdout)
    program = [str(BIN / "uvx"), "--from", f"openapi-generator-cli=={VERSION}", "openapi-generator-cli"]
    done = subprocess.run(
        [*program, "generate", "-i", str(document), "-g", "python", "-o", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("openapi", ["3.1", "3.0"])
def test_the_generated_client_passes_the_use_cases(tmp_path: Path, openapi: str) -> None:
    generate(tmp_path, openapi)
    shutil.copy(Path(__file__).parent / "use_cases.py", tmp_path)
    with Server("--generation-time", "0") as server:
        command = [sys.executable, "use_cases.py", server.base_url]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert dict(re.findall(r"^(\S+): (.*)$", done.stdout, re.MULTILINE)) == EXPECTED

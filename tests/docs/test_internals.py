"""The worked examples of docs/internals.md, applied to a copy of the project."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from support.extension import copy_project
from support.pages import Block, page
from support.server import Server

ENGINE, RULE = (block for block in page("internals").fenced if block.language == "diff")
AURORA = {"image_generator": "aurora", "aurora_prompt": "A fjord", "canvas": "640x480", "palette": "polar"}
FLUX = {"image_generator": "flux-pro", "description_flux_pro": "A fjord"}

pytestmark = pytest.mark.slow


def patched(folder: Path, block: Block) -> Path:
    """Return a copy of the project with a diff of the page applied."""
    copy_project(folder)
    subprocess.run(["git", "apply", "-"], input=block.text, text=True, cwd=folder, check=True)
    return folder


@contextmanager
def mock_of(copy: Path) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(copy))
        environment.setenv("PYTHONSAFEPATH", "1")
        with Server("--generation-time", "0") as started:
            yield started


def generate(server: Server, count: int, **fields: Any) -> httpx.Response:
    headers = {"Authorization": "Bearer example"}
    body = {"image_number_of_images": count, **fields}
    return httpx.post(f"{server.base_url}/aiimage/generate-image", headers=headers, json=body)


def verdicts(copy: Path, folder: Path, server: Server, *rules: str) -> dict[str, str]:
    """Return the verdicts of the copy's suite on a server, by rule."""
    target = folder / "target.yaml"
    target.write_text(json.dumps({"base_url": server.base_url, "accounts": {"primary": {"token": "judged"}}}))
    flags = ["--target", str(target), "--only", ",".join(rules), "--report", str(folder / "report"), "--yes"]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-m", "contract_tests", "run", *flags]
    subprocess.run(command, env=environment, cwd=folder, capture_output=True)
    report = json.loads((folder / "report" / "report.json").read_text())
    return {rule["id"]: rule["verdict"] for rule in report["rules"] if rule["id"] in rules}


def test_the_engine_of_the_example_is_served_and_judged(tmp_path: Path) -> None:
    copy = patched(tmp_path / "copy", ENGINE)
    with mock_of(copy) as server:
        (image,) = generate(server, 1, **AURORA).json()["images"]
        picture = httpx.get(f"{server.origin}/{image['output']}").content
        assert Image.open(BytesIO(picture)).size == (640, 480)
        missing = generate(server, 1, **{**AURORA, "aurora_prompt": ""})
        assert (missing.status_code, list(missing.json()["errors"])) == (422, ["aurora_prompt"])
        assert verdicts(copy, tmp_path, server, "IMG-INPUT", "IMG-SIZE") == {
            "IMG-INPUT": "passed",
            "IMG-SIZE": "passed",
        }


def test_an_engine_without_a_prompt_stops_the_mock_with_one_sentence(tmp_path: Path) -> None:
    copy = patched(tmp_path / "copy", ENGINE)
    document = copy / "openapi" / "openapi.yaml"
    lines = document.read_text().splitlines(keepends=True)
    start = max(place for place, line in enumerate(lines) if line.strip() == "aurora_prompt:")
    document.write_text("".join(lines[:start] + lines[start + 2 :]).replace("aurora_prompt, ", ""))
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert "Aurora: the schema of an engine needs a property with x-role: prompt" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_rule_of_the_example_refuses_and_is_judged(tmp_path: Path) -> None:
    copy = patched(tmp_path / "copy", RULE)
    with mock_of(copy) as server:
        reply = generate(server, 6, **FLUX)
        assert (reply.status_code, reply.json()) == (429, {"message": "Request at most 5 images."})
        assert generate(server, 5, **FLUX).status_code == 200
        entry = httpx.get(f"{server.origin}/_mock/requests/{reply.headers['x-mock-request-id']}").json()
        assert entry["why"]["rule"] == "BATCH-429"
        assert verdicts(copy, tmp_path, server, "BATCH-429") == {"BATCH-429": "passed"}
    with Server("--generation-time", "0") as unchanged:
        assert verdicts(copy, tmp_path, unchanged, "BATCH-429") == {"BATCH-429": "differs"}

"""An engine and an operation added to the document alone: the mock serves them, and the suite checks them."""

import io
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from support.extension import ENGINE, FIELDS, extended_copy
from support.server import Server


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return extended_copy(tmp_path_factory.mktemp("copy"))


@pytest.fixture(scope="module")
def server(copy: Path) -> Iterator[Server]:
    """The mock of the copy, in its own process."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(copy))
        environment.setenv("PYTHONSAFEPATH", "1")
        with Server("--generation-time", "0") as started:
            yield started


@pytest.fixture
def client(server: Server, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    token = f"added-{zlib.crc32(request.node.name.encode())}"
    with httpx.Client(base_url=server.origin, headers={"Authorization": f"Bearer {token}"}) as opened:
        yield opened


def generate(client: httpx.Client, **changes: Any) -> httpx.Response:
    fields = {name: value for name, value in {**FIELDS, **changes}.items() if value is not None}
    return client.post("/api/v1/aiimage/generate-image", json=fields)


def test_the_engine_makes_a_picture_of_the_requested_size(client: httpx.Client) -> None:
    (image,) = generate(client).json()["images"]
    assert image["input"] == FIELDS["aurora_text"]
    picture = client.get(f"/{image['output']}", headers={"Authorization": ""})
    assert Image.open(io.BytesIO(picture.content)).size == (96, 64)


def test_the_engine_takes_a_form(client: httpx.Client) -> None:
    form = {name: (None, str(value)) for name, value in FIELDS.items()}
    reply = client.post("/api/v1/aiimage/generate-image", files=form)
    assert (reply.status_code, len(reply.json()["images"])) == (200, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"aurora_text": None}, "The aurora text field is required when image generator is aurora."),
        ({"palette": "beige"}, "The selected palette is invalid. Choose one of: polar, ember."),
        ({"grain": 10}, "The grain field must not be greater than 9."),
    ],
)
def test_a_refusal_names_the_field(client: httpx.Client, changes: dict[str, Any], message: str) -> None:
    reply = generate(client, **changes)
    assert (reply.status_code, reply.json()["message"]) == (422, message)


def test_the_nearest_request_moves_the_prompt_of_another_engine(client: httpx.Client) -> None:
    reply = generate(client, aurora_text=None, description="A fox")
    entry = client.get(f"/_mock/requests/{reply.headers['x-mock-request-id']}").json()
    assert entry["why"]["nearest"]["request"]["aurora_text"] == "A fox"


def test_the_page_has_the_form_of_the_engine(client: httpx.Client) -> None:
    page = client.get("/_mock/").text
    assert all(name in page for name in (ENGINE, "aurora_text", "canvas", "palette", "grain"))


def test_the_operation_is_served_from_its_example(client: httpx.Client) -> None:
    path = "/api/v1/aiimage/images/12"
    reply = client.delete(path)
    assert (reply.status_code, reply.content) == (204, b"")
    assert client.delete(path, headers={"Authorization": ""}).status_code == 401
    assert client.delete("/api/v1/aiimage/images/x").status_code == 404
    wrong = client.get(path)
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "DELETE")


def test_the_operation_is_in_the_coverage(client: httpx.Client) -> None:
    client.delete("/api/v1/aiimage/images/12")
    token = client.headers["Authorization"].removeprefix("Bearer ")
    operations = client.get("/_mock/coverage", params={"token": token}).json()["operations"]
    (found,) = (each for each in operations if each["operation"] == "deleteImage")
    assert [(each["status"], each["met"]) for each in found["statuses"]] == [(204, 1), (401, 0)]


def conform(copy: Path, folder: Path, base_url: str) -> dict[str, Any]:
    """Return the report of a run of the copy's suite with the rules of the engine and the operation."""
    target = folder / "target.yaml"
    accounts = {"primary": {"token": "added"}, "invalid": {"token": "demo-invalid"}}
    target.write_text(json.dumps({"base_url": base_url, "accounts": accounts}))
    flags = ["--target", str(target), "--only", "SHAPE,AUTH,IMG-SIZE", "--report", str(folder / "report"), "--yes"]
    subprocess.run(
        [sys.executable, "-m", "contract_tests", "run", *flags],
        env={**os.environ, "PYTHONPATH": str(copy), "PYTHONSAFEPATH": "1"},
        cwd=folder,
        capture_output=True,
    )
    report: dict[str, Any] = json.loads((folder / "report" / "report.json").read_text())
    return report


@pytest.mark.delivery
def test_the_suite_checks_the_engine_and_the_operation(copy: Path, server: Server, tmp_path: Path) -> None:
    report = conform(copy, tmp_path, server.base_url)
    assert report["verdict"] == "conforms"
    journal = httpx.get(f"{server.origin}/_mock/requests", params={"limit": 1000}).json()["requests"]
    generated = [each for each in journal if (each.get("fields") or {}).get("image_generator") == ENGINE]
    assert any(each["status"] == 200 for each in generated)
    assert 401 in {each["status"] for each in journal if each["operation"] == "deleteImage"}

"""An engine and an operation that only the document knows: the mock serves them, and the suite checks them."""

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

from contract_tests.wrong_servers.parameters import Engine
from contract_tests.wrong_servers.service import Operation
from contract_tests.wrong_servers.state import token_of
from contract_tests.wrong_servers.wire import Reply
from mock_server import resources
from mock_server.contract import compile_contract, read_yaml
from support.extension import ENGINE, FIELDS, SIZES, extended_copy
from support.mock import PREFIX, Start, behaviour, settings
from support.server import Server
from support.wrong_servers import serving


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return extended_copy(tmp_path_factory.mktemp("copy"))


@pytest.fixture(scope="module")
def server(copy: Path) -> Iterator[Server]:
    """The mock of the copy, in a process of its own."""
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


def test_it_makes_a_picture_of_the_size_asked_for(client: httpx.Client) -> None:
    (image,) = generate(client).json()["images"]
    assert image["input"] == FIELDS["aurora_text"]
    picture = client.get(f"/{image['output']}", headers={"Authorization": ""})
    assert Image.open(io.BytesIO(picture.content)).size == (96, 64)


def test_it_takes_a_form_too(client: httpx.Client) -> None:
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


def test_the_page_has_its_form_and_the_reference_both(client: httpx.Client) -> None:
    page, reference = client.get("/_mock/").text, client.get("/_mock/docs").text
    assert all(name in page for name in (ENGINE, "aurora_text", "canvas", "palette", "grain"))
    assert all(name in reference for name in ("Aurora", "aurora_text", "/aiimage/images/{id}", "deleteImage"))


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


def test_a_terse_document_will_do(start: Start) -> None:
    """Only what is needed: constants, optional parameters, JSON alone, and an operation with its success alone."""
    document = read_yaml(resources.DOCUMENT)
    schemas = document["components"]["schemas"]
    schemas["Terse"] = {
        "type": "object",
        "required": ["image_generator", "words"],
        "properties": {
            "image_generator": {"const": "terse", "x-role": "engine"},
            "words": {"type": "string", "x-role": "prompt"},
            "number": {"type": "integer", "x-role": "count"},
            "area": {"type": "string", "x-role": "size"},
            "sharp": {"type": "boolean"},
        },
    }
    schemas["GenerateRequest"]["oneOf"].append({"$ref": "#/components/schemas/Terse"})
    schemas["GenerateRequest"]["discriminator"]["mapping"]["terse"] = "#/components/schemas/Terse"
    document["paths"]["/aiimage/images/{id}"] = {
        "delete": {
            "operationId": "deleteImage",
            "parameters": [{"name": "id", "in": "path", "required": True}],
            "responses": {"204": {"description": "Gone."}},
        }
    }
    mock = start(contract=compile_contract(document))
    path = f"{PREFIX}/generate-image"
    for body in ({"json": {"sharp": True}}, {"data": {"sharp": "1"}}):
        (kind, fields), *_ = body.items()
        reply = mock.call("POST", path, "demo", **{kind: {"image_generator": "terse", "words": "A fox", **fields}})
        assert (reply.status_code, len(reply.json()["images"])) == (200, 1)
    odd = {"image_generator": "terse", "words": "A fox", "area": "large"}
    reply = mock.call("POST", path, "demo", json=odd)
    assert (reply.status_code, list(reply.json()["errors"])) == (422, ["area"])
    assert mock.call("DELETE", f"{PREFIX}/images/12", "demo").status_code == 204
    assert mock.call("DELETE", f"{PREFIX}/images/12", None).status_code == 401
    assert mock.call("GET", "/_mock/docs", None).status_code == 200
    assert "terse" in mock.call("GET", "/_mock/", None).text


def test_another_body_is_not_refused_for_a_generation(start: Start) -> None:
    """Lock, limit and credits refuse generations only, whatever their order."""
    document = read_yaml(resources.DOCUMENT)
    schema = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
    content = {"application/json": {"schema": schema}}
    responses = {"204": {"description": "Noted."}}
    post = {"operationId": "addNote", "requestBody": {"content": content}, "responses": responses}
    document["paths"]["/aiimage/notes"] = {"post": post}
    order = ["locked", "no-credits", "daily-limit", "invalid"]
    mock = start(settings(behaves=behaviour(refusal_order=order)), contract=compile_contract(document))
    assert mock.call("POST", f"{PREFIX}/notes", "demo-busy", json={"text": "A fox"}).status_code == 204
    reply = mock.call("POST", f"{PREFIX}/notes", "demo-busy", json={})
    assert (reply.status_code, list(reply.json()["errors"])) == (422, ["text"])


def conform(copy: Path, folder: Path, base_url: str, primary: str, invalid: str) -> dict[str, Any]:
    """Return the report of a run of the copy's suite, on the rules that the engine and the operation can decide."""
    target = folder / "target.yaml"
    accounts = {"primary": {"token": primary}, "invalid": {"token": invalid}}
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


def violated(report: dict[str, Any]) -> list[str]:
    return [rule["id"] for rule in report["rules"] if rule["verdict"] == "violated"]


@pytest.mark.slow
def test_the_suite_checks_both(copy: Path, server: Server, tmp_path: Path) -> None:
    report = conform(copy, tmp_path, server.base_url, "added", "demo-invalid")
    assert violated(report) == []
    journal = httpx.get(f"{server.origin}/_mock/requests", params={"limit": 1000}).json()["requests"]
    generated = [each for each in journal if (each.get("fields") or {}).get("image_generator") == ENGINE]
    assert any(each["status"] == 200 for each in generated)
    assert 401 in {each["status"] for each in journal if each["operation"] == "deleteImage"}


@pytest.mark.slow
def test_neither_a_service_with_both_nor_one_without_the_engine_is_accused(copy: Path, tmp_path: Path) -> None:
    """The service shares no code with the mock; without the engine it answers 422."""
    engine = Engine(
        ENGINE,
        "aurora_text",
        {"canvas": frozenset(SIZES), "palette": frozenset({"polar", "ember"}), "grain": range(10)},
        "canvas",
        frozenset({"grain"}),
    )
    deletion = Operation("delete-image", "DELETE", "images/{id}", Reply(204))
    found = []
    for number, engines in enumerate(([engine], [])):
        folder = tmp_path / str(number)
        folder.mkdir()
        with serving("conforming", control=False, engines=engines, operations=[deletion]) as origin:
            report = conform(copy, folder, f"{origin}/api/v1", token_of("primary"), token_of("invalid"))
        found.append(violated(report))
    assert found == [[], []], "a plan may lack an engine"

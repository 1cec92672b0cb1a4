"""docs/integrator.md: each state is reached in each documented way."""

import json
import re
from pathlib import Path

import httpx
import pytest

from mock_server.app import contract
from mock_server.testing import AiimageMock
from support.pages import page
from support.project import Project
from support.server import Server

ROWS = {re.findall(r"\d+", row[0])[0]: row[1:] for row in page("integrator").rows("what your client meets")}
ORDER = {"image_generator": "flux-pro", "description_flux_pro": "A fox", "image_number_of_images": 1}


@pytest.mark.slow
def test_its_client_works_with_the_other_reading_of_the_assumptions(tmp_path: Path) -> None:
    (tmp_path / "other-reading.yaml").write_text(page("differences").blocks("yaml")[0])
    with Server("--generation-time", "0", "--behaviour", str(tmp_path / "other-reading.yaml")) as server:
        tests = "\n\n".join(page("integrator").blocks("python"))
        done = Project(tmp_path).pytest(tests, "-q", "--aiimage-mock-url", server.origin)
    assert "3 passed" in done.stdout, done.stdout


def status(base_url: str, token: str) -> str:
    reply = httpx.post(f"{base_url}/aiimage/generate-image", json=ORDER, headers={"Authorization": f"Bearer {token}"})
    return str(reply.status_code)


def test_every_status_of_generate_image_is_listed() -> None:
    (operation,) = (each for each in contract().operations if each.id == "generateImage")
    text = page("integrator").text
    assert {str(each) for each in operation.responses} == {*ROWS, "422"}
    assert "`422` needs no state" in text


@pytest.mark.parametrize("wanted", ROWS)
def test_the_token_gets_the_status(server: Server, wanted: str) -> None:
    assert status(server.base_url, ROWS[wanted][0].strip("`")) == wanted


@pytest.mark.parametrize("wanted", [each for each in ROWS if ROWS[each][1]])
def test_the_code_of_a_test_leads_to_the_status(aiimage_mock: AiimageMock, wanted: str) -> None:
    exec(ROWS[wanted][1].strip("`"), {"aiimage_mock": aiimage_mock})
    assert status(aiimage_mock.base_url, aiimage_mock.token) == wanted


@pytest.mark.parametrize("wanted", [each for each in ROWS if ROWS[each][2].startswith("`{")])
def test_the_body_of_a_call_leads_to_the_status(server: Server, wanted: str) -> None:
    token = f"integrator-{wanted}"
    httpx.patch(f"{server.origin}/_mock/worlds/{token}", json=json.loads(ROWS[wanted][2].strip("`"))).raise_for_status()
    assert status(server.base_url, token) == wanted

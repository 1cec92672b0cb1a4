"""Many tests at once on one server, each in its own world."""

from itertools import chain
from typing import Any

import pytest

from support.examples import examples
from support.project import Project
from support.server import Server

TESTS = examples(500)
WORKERS = 4
EACH = """
import json
import os
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

NOTES = os.open(os.environ["NOTES"], os.O_WRONLY | os.O_APPEND)


def call(mock, method, path, body=None):
    connection = HTTPConnection(urlsplit(mock.base_url).netloc)
    connection.request(method, "/api/v1/aiimage/" + path, body and json.dumps(body), mock.headers | JSON)
    answer = connection.getresponse()
    noted = answer.status, json.load(answer)
    connection.close()
    return noted


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("number", range(TESTS))
def test_alone(aiimage_mock, number):
    count, prompt = 1 + number % 3, f"Fox number {number}"
    aiimage_mock.clock.freeze("2026-02-26T12:00:00Z")
    aiimage_mock.clock.advance(number)
    body = {"image_generator": "flux-pro", "description_flux_pro": prompt, "image_number_of_images": count}
    status, made = call(aiimage_mock, "POST", "generate-image", body)
    assert status == 200
    assert [image["input"] for image in made["images"]] == [prompt] * count

    _, recent = call(aiimage_mock, "GET", "recent-images")
    assert [image["id"] for image in recent] == [image["id"] for image in reversed(made["images"])]
    assert {image["created_at"] for image in recent} == {f"2026-02-26T12:{number // 60:02}:{number % 60:02}Z"}

    state = aiimage_mock.state
    assert (state["credits"], state["used_today"], state["images"]) == (100 - count, count, count)
    assert [each["operation"] for each in aiimage_mock.requests()] == ["generateImage", "getRecentImages"]
    assert aiimage_mock.requests("generate-image")[0]["fields"] == body

    noted = {"worker": os.environ["PYTEST_XDIST_WORKER"], "worlds": [aiimage_mock.token]}
    noted |= {f"{name}s": [image[name] for image in made["images"]] for name in ("id", "title")}
    noted["requests"] = [each["id"] for each in aiimage_mock.requests()]
    os.write(NOTES, json.dumps(noted).encode() + b"\\n")
"""


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return the notes of each test, after all have passed."""
    project = Project(tmp_path_factory.mktemp("many"))
    with Server() as server:
        flags = ("-q", "-n", str(WORKERS), "--aiimage-mock-url", server.origin, "--testrunuid", "many")
        return project.passes(EACH.replace("TESTS", str(TESTS)), *flags)


@pytest.mark.slow
def test_all_tests_pass_on_all_workers(noted: list[dict[str, Any]]) -> None:
    assert len(noted) == TESTS
    assert {each["worker"] for each in noted} == {f"gw{number}" for number in range(WORKERS)}


@pytest.mark.parametrize("what", ["worlds", "ids", "titles", "requests"])
def test_tests_share_no_world_id_title_or_request(noted: list[dict[str, Any]], what: str) -> None:
    seen = list(chain.from_iterable(each[what] for each in noted))
    assert len(seen) >= TESTS
    assert len(set(seen)) == len(seen)

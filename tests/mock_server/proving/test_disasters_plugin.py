"""pytest --aiimage-disasters, in separate runs of pytest."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mock_server.proving.results import JSON_FILE, MARKDOWN_FILE
from support.project import Project

HEAD = """
import time
import pytest, requests

FOX = {"image_generator": "flux-pro", "description_flux_pro": "A fox", "image_number_of_images": 1}

def order(mock, attempts=3):
    for attempt in range(attempts):
        try:
            reply = requests.post(mock.base_url + "/aiimage/generate-image", json=FOX, headers=mock.headers, timeout=99)
            reply.raise_for_status()
            return reply.json()["images"][0]
        except requests.RequestException:
            time.sleep(10)
    raise ConnectionError

def fetch(mock, image):
    for attempt in range(9):
        try:
            reply = requests.get(mock.base_url.removesuffix("/api/v1") + "/" + image["output"], timeout=99)
            reply.raise_for_status()
            return reply.content
        except requests.RequestException:
            time.sleep(10)
    raise ConnectionError
"""
BLIND = """
def test_blind(aiimage_mock):
    aiimage_mock.begin(generation_time=4)
    assert fetch(aiimage_mock, order(aiimage_mock))
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, HEAD)


def prove(
    project: Project, tmp_path: Path, tests: str, *flags: str, status: int = 0
) -> tuple[dict[str, Any], subprocess.CompletedProcess[str]]:
    """Return the proof of these tests, and the run."""
    done = project.pytest(tests, *flags)
    assert done.returncode == status, done.stdout
    return json.loads((tmp_path / JSON_FILE).read_text()), done


def test_a_finding_has_its_schedule_its_timeline_and_a_command(project: Project, tmp_path: Path) -> None:
    proof, done = prove(project, tmp_path, BLIND, "--aiimage-disasters")
    (finding,) = proof["disasters"]
    assert (finding["finding"], finding["schedule"], finding["worst_cost"]) == ("double-payment", ["1.locked"], 2)
    assert finding["test"] == "test_it.py::test_blind"
    command = "run just that: pytest test_it.py::test_blind --aiimage-disaster=1.locked"
    assert finding["timeline"].splitlines()[-1] == command
    assert proof["worst_costs"] == {"test_it.py::test_blind": 2}
    assert proof["tried"]["disasters"] == {"mode": "single", "tests": 1, "runs": 24}
    assert command in done.stdout
    assert "double-payment" in (tmp_path / MARKDOWN_FILE).read_text()


@pytest.mark.slow
def test_one_disaster_shows_how_the_test_ends_there(project: Project, tmp_path: Path) -> None:
    proof, _ = prove(project, tmp_path, BLIND, "--aiimage-disaster=1.locked")
    assert [each["schedule"] for each in proof["disasters"]] == [["1.locked"]]
    assert proof["tried"]["disasters"]["runs"] == 2


@pytest.mark.slow
def test_findings_fail_the_run_only_if_strict(project: Project, tmp_path: Path) -> None:
    prove(project, tmp_path, BLIND, "--aiimage-disasters-strict", status=1)


@pytest.mark.slow
def test_the_worst_cost_of_all_runs_is_asserted(project: Project, tmp_path: Path) -> None:
    tests = f"{BLIND}    aiimage_mock.assert_worst_cost(credits=%d)\n"
    _, done = prove(project, tmp_path, tests % 1, "--aiimage-disasters", status=1)
    assert "the worst run costs 2 credits, more than 1" in done.stdout
    prove(project, tmp_path, tests % 2, "--aiimage-disasters")


@pytest.mark.slow
@pytest.mark.parametrize("flags", [pytest.param((), id="one process"), pytest.param(("-n", "2"), id="xdist")])
def test_classes_parameters_and_fixtures_of_ones_own_are_run_again(
    project: Project, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    tests = """
@pytest.fixture
def api(aiimage_mock):
    aiimage_mock.begin(generation_time=2)
    yield aiimage_mock
    assert not aiimage_mock.state["running"]

class TestOrders:
    @pytest.mark.parametrize("attempts", [1, 3])
    def test_order(self, api, attempts, tmp_path):
        (tmp_path / "picture").write_bytes(fetch(api, order(api, attempts)))

def test_elsewhere(): pass
"""
    proof, _ = prove(project, tmp_path, tests, "--aiimage-disasters", *flags)
    found = sorted((each["test"].rpartition("::")[2], each["finding"]) for each in proof["disasters"])
    assert found == [
        ("test_order[1]", "lost-picture"),
        ("test_order[1]", "wrong-answer"),
        ("test_order[3]", "double-payment"),
    ]
    assert proof["tried"]["disasters"]["tests"] == 2


@pytest.mark.slow
def test_a_failure_in_a_test_of_unittest_is_one(project: Project, tmp_path: Path) -> None:
    tests = """
import unittest

class Orders(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def mock(self, aiimage_mock):
        self.mock = aiimage_mock

    def test_picture(self):
        self.assertTrue(fetch(self.mock, order(self.mock, 1)))

    def test_unmade(self):
        order(self.mock, 1)
        self.fail("it does")
"""
    proof, done = prove(project, tmp_path, tests, "--aiimage-disasters", status=1)
    assert {(each["finding"], each["schedule"][0]) for each in proof["disasters"]} == {
        ("lost-picture", "1.locked"),
        ("wrong-answer", "1.locked"),
    }
    assert "reported a failure" in proof["disasters"][0]["sentence"]
    assert proof["tried"]["disasters"]["tests"] == 1
    assert "it does" in done.stdout


@pytest.mark.slow
def test_an_interrupted_run_reports_what_it_tried(project: Project, tmp_path: Path) -> None:
    tests = (
        BLIND
        + """
def test_interrupted(aiimage_mock):
    order(aiimage_mock)
    if len(aiimage_mock.requests()) > 1: raise KeyboardInterrupt
"""
    )
    proof, _ = prove(project, tmp_path, tests, "--aiimage-disasters", status=2)
    assert [each["finding"] for each in proof["disasters"] if "blind" in each["test"]] == ["double-payment"]
    assert proof["tried"]["disasters"]["tests"] == 2


@pytest.mark.slow
def test_a_test_with_disasters_of_its_own_runs_them(project: Project, tmp_path: Path) -> None:
    tests = """
def test_inner(aiimage_mock):
    both = lambda mock: fetch(mock, order(mock))
    campaign = aiimage_mock.disasters(both, allow=["double-payment"], generation_time=2)
    assert campaign.worst == 2
"""
    proof, _ = prove(project, tmp_path, tests, "--aiimage-disasters")
    assert proof["disasters"] == []
    project.passes(tests)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (["--aiimage-disaster=1.eaten"], "unknown point 'eaten'"),
        (["--aiimage-disasters=all"], "'all' is not one of single, pairs"),
        (["--aiimage-disasters", "--aiimage-mock-url=http://127.0.0.1:9"], "disasters need a mock of their own"),
        (["--aiimage-disasters", "--aiimage-readings"], "one after the other"),
    ],
)
def test_options_that_cannot_be_followed_are_refused(project: Project, flags: list[str], why: str) -> None:
    done = project.pytest(BLIND, *flags)
    assert done.returncode == 4
    assert why in done.stdout

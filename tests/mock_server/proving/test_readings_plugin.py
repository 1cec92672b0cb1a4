"""pytest --aiimage-readings, in separate runs of pytest."""

import json
from pathlib import Path
from typing import Any

import pytest

from mock_server.proving.results import JSON_FILE, MARKDOWN_FILE
from support.planted_readings import HEAD
from support.project import Project
from support.server import Server

LOCK = """
def test_lock(aiimage_mock):
    aiimage_mock.clock.freeze()
    assert [generate(aiimage_mock)[0] for _ in range(2)] == [200, 200]
"""
SENTENCE = "test_lock passes only if the lock is freed as soon as its generation ends (LOCK-RELEASE, inferred)"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, HEAD)


def results(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / JSON_FILE).read_text()))


def sentences(folder: Path) -> list[str]:
    return [each["sentence"] for each in results(folder)["readings"]]


def test_the_summary_and_both_files_name_the_test_the_belief_and_the_rule(project: Project, tmp_path: Path) -> None:
    done = project.pytest(LOCK, "--aiimage-readings", "-q")
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    assert SENTENCE in done.stdout
    assert "test_it.py::test_lock with lock_release: expiry: failed, assert [200, 409] == [200, 200]" in done.stdout
    assert sentences(tmp_path) == [SENTENCE]
    assert SENTENCE in (tmp_path / MARKDOWN_FILE).read_text()
    assert results(tmp_path)["tried"]["readings"]["tests"] == 1


def test_strict_fails_the_run_if_a_reading_changes_an_outcome(project: Project) -> None:
    assert project.pytest(LOCK, "--aiimage-readings=each", "--aiimage-readings-strict").returncode == 1
    careful = "def test_it(aiimage_mock):\n    assert generate(aiimage_mock)[0] == 200\n"
    assert project.pytest(careful, "--aiimage-readings=each", "--aiimage-readings-strict").returncode == 0


def test_without_the_option_nothing_is_run_again(project: Project, tmp_path: Path) -> None:
    assert "proof" not in project.pytest(LOCK).stdout
    assert not (tmp_path / JSON_FILE).exists()


def test_full_says_how_many_readings_are_left_out(project: Project) -> None:
    output = project.pytest(LOCK, "--aiimage-readings=full", "--aiimage-readings-limit=30").stdout
    assert "aiimage-readings: full, 30 readings of 34 settings, " in output
    assert "left out" in output


def test_workers_of_xdist_report_together(project: Project, tmp_path: Path) -> None:
    other = LOCK.replace("test_lock", "test_other")
    done = project.pytest(LOCK + other, "--aiimage-readings=each", "-n", "2")
    assert done.returncode == 0, done.stdout
    assert sentences(tmp_path) == [SENTENCE, SENTENCE.replace("test_lock", "test_other")]
    assert results(tmp_path)["tried"]["readings"]["tests"] == 2


WIDE = """
made = []

@pytest.fixture(scope="module")
def client(module_aiimage_mock):
    made.append("client")
    module_aiimage_mock.change(credits=5)
    return module_aiimage_mock

@pytest.fixture
def order(client):
    made.append("order")
    yield lambda: generate(client)[0]
    made.append("end")

class TestClass:
    def test_first(self, order, client):
        assert order() == 200
        assert client.state["credits"] == 4

    @pytest.mark.parametrize("left", [3, 2])
    def test_second(self, order, client, left):
        client.clock.advance(10)
        assert order() == 200
        assert client.state["credits"] == left

def test_fixtures():
    assert made.count("client") == 1
    assert made.count("order") == made.count("end") > 60

@pytest.mark.parametrize("number", [1, 2])
def test_session(session_aiimage_mock, number):
    session_aiimage_mock.clock.advance(10)
    generate(session_aiimage_mock)
    assert session_aiimage_mock.state["used_today"] == number
"""


def test_own_fixtures_are_set_up_again_and_wider_ones_keep_their_state(project: Project, tmp_path: Path) -> None:
    project.passes(WIDE, "--aiimage-readings")
    assert results(tmp_path)["readings"] == []
    tried = results(tmp_path)["tried"]["readings"]
    assert (tried["tests"], tried["runs"]) == (5, 5 * tried["readings"])


ASYNC = """
import httpx

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.mark.anyio
async def test_lock(aiimage_mock):
    aiimage_mock.clock.freeze()
    form = {**DALLE, "image_number_of_images": 1}
    transport = httpx.ASGITransport(aiimage_mock.app)
    async with httpx.AsyncClient(transport=transport, base_url=aiimage_mock.base_url) as client:
        for _ in range(2):
            reply = await client.post("/aiimage/generate-image", json=form, headers=aiimage_mock.headers)
            assert reply.status_code == 200
"""


def test_async_tests_are_run_again(project: Project, tmp_path: Path) -> None:
    project.passes(ASYNC, "--aiimage-readings=each", "-p", "anyio")
    assert sentences(tmp_path) == [SENTENCE]


ODD = """
def test_red(aiimage_mock):
    assert generate(aiimage_mock)[0] == 500

def test_skipped(aiimage_mock):
    pytest.skip()

runs = []
def test_once(aiimage_mock):
    runs.append(1)
    assert runs == [1]

def test_endless(aiimage_mock):
    aiimage_mock.clock.freeze()
    generate(aiimage_mock)
    while call(aiimage_mock, "GET", "check-availability")[0] == 409:
        pass

@pytest.mark.parametrize("name", ["a"])
def test_prints(aiimage_mock, name, capsys, caplog, record_property):
    record_property("name", name)
    print("hello")
    assert capsys.readouterr().out == "hello\\n"
"""


def test_tests_that_cannot_be_run_again_are_only_listed(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.proving.rerun_plugin._LEAST_SECONDS", 0.3)
    done = project.pytest(ODD, "--aiimage-readings=each", "--junit-xml=junit.xml", "-ojunit_family=xunit1")
    assert "1 failed, 3 passed, 1 skipped" in done.stdout, done.stdout
    not_run = results(tmp_path)["tried"]["readings"]["not_run"]
    assert not_run.pop("test_it.py::test_once").startswith("it does not pass a second time (failed: assert [1, 1")
    assert not_run == {
        "test_it.py::test_red": "it does not pass under the defaults (failed)",
        "test_it.py::test_skipped": "it does not pass under the defaults (skipped)",
    }
    (endless,) = results(tmp_path)["readings"]
    assert endless["reading"] == {"lock_release": "expiry"}
    assert endless["message"].startswith("Failed: it did not end within ")
    assert (tmp_path / "junit.xml").read_text().count("<property ") == 1
    assert (tmp_path / "junit.xml").read_text().count("<testcase ") == 5


def test_an_interrupt_leaves_a_report_of_the_runs_so_far(project: Project, tmp_path: Path) -> None:
    tests = """
runs = []
def test_interrupted(aiimage_mock):
    runs.append(1)
    if len(runs) == 5:
        raise KeyboardInterrupt
"""
    done = project.pytest(LOCK + tests, "--aiimage-readings=each")
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert sentences(tmp_path) == [SENTENCE]
    tried = results(tmp_path)["tried"]["readings"]
    assert tried["tests"] == 2
    assert tried["runs"] > 40


MARKED = """
@pytest.mark.aiimage_reading("lock_scope=global", "lock_release=expiry")
def test_lock(aiimage_mock):
    aiimage_mock.clock.freeze()
    assert generate(aiimage_mock.world())[0] == 200
    assert generate(aiimage_mock)[0] == 409

@pytest.mark.aiimage_reading("invalid_status=400")
class TestClass:
    def test_invalid(self, class_aiimage_mock):
        assert generate(class_aiimage_mock, count=0)[0] == 400

    @pytest.mark.aiimage_reading("error_body=envelope")
    def test_both(self, class_aiimage_mock):
        status, _, body = generate(class_aiimage_mock, count=0)
        assert (status, body["success"]) == (400, False)

def test_default(aiimage_mock):
    assert generate(aiimage_mock, count=0)[0] == 422
"""


def test_a_marked_test_runs_under_its_reading_alone(project: Project, tmp_path: Path) -> None:
    project.passes(MARKED)
    assert not (tmp_path / JSON_FILE).exists()
    project.passes(MARKED, "--aiimage-readings=each")
    assert results(tmp_path)["tried"]["readings"]["tests"] == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "lock_scop=global",
            "test_it.py::test_it: aiimage_reading: unknown setting lock_scop; did you mean lock_scope?",
        ),
        ("lock_seconds=20", "lock_seconds is documented, and every reading has the documented value"),
    ],
)
def test_a_wrong_marker_is_a_usage_error(project: Project, text: str, sentence: str) -> None:
    done = project.pytest(f'@pytest.mark.aiimage_reading("{text}")\ndef test_it(aiimage_mock): pass\n')
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert sentence in done.stdout


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--aiimage-readings=some"], "'some' is not one of each, pairwise, full; put paths before the option"),
        (["--aiimage-readings", "--aiimage-mock-url=http://127.0.0.1:9"], "readings need a mock of their own"),
        (["--aiimage-readings", "--aiimage-mock-behaviour=strct"], "unknown behaviour strct; did you mean strict?"),
    ],
)
def test_a_wrong_option_is_a_usage_error(project: Project, flags: list[str], sentence: str) -> None:
    done = project.pytest(LOCK, *flags)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert sentence in done.stdout


def test_readings_start_from_the_behaviour_of_the_session(project: Project, tmp_path: Path) -> None:
    tests = "def test_it(aiimage_mock):\n    assert generate(aiimage_mock)[2]['image_storage'] == 's3'\n"
    (tmp_path / "behaviour.yaml").write_text("image_storage: s3\n")
    project.passes(tests, "--aiimage-readings=each", "--aiimage-mock-behaviour=behaviour.yaml")
    assert sentences(tmp_path) == ["test_it passes only if pictures are stored in S3 (IMG-STORAGE, inferred)"]


def test_marked_tests_need_a_mock_of_their_own(project: Project, server: Server) -> None:
    done = project.pytest(MARKED, "--aiimage-mock-url", server.origin)
    assert "readings need a mock of their own: omit --aiimage-mock-url" in done.stdout

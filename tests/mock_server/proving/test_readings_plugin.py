"""pytest --aiimage-readings, in separate runs of pytest."""

from pathlib import Path

import pytest

from mock_server.proving.results import JSON_FILE, MARKDOWN_FILE
from support.project import Project
from support.proofs import LOCK, SENTENCE, results, sentences
from support.server import Server


def test_the_summary_and_both_files_name_the_test_the_belief_and_the_rule(project: Project, tmp_path: Path) -> None:
    done = project.pytest(LOCK, "--aiimage-readings", "-q")
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    assert SENTENCE in done.stdout
    assert "test_it.py::test_lock with lock_release: expiry: failed, assert [200, 409] == [200, 200]" in done.stdout
    assert sentences(tmp_path) == [SENTENCE]
    assert SENTENCE in (tmp_path / MARKDOWN_FILE).read_text()
    assert results(tmp_path)["tried"]["readings"]["tests"] == 1


def test_without_the_option_nothing_is_run_again(project: Project, tmp_path: Path) -> None:
    assert "proof" not in project.pytest(LOCK).stdout
    assert not (tmp_path / JSON_FILE).exists()


@pytest.mark.slow
def test_full_says_how_many_readings_are_left_out(project: Project) -> None:
    output = project.pytest(LOCK, "--aiimage-readings=full", "--aiimage-readings-limit=30").stdout
    assert "aiimage-readings: full, 30 readings of 41 settings, " in output
    assert "left out" in output


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


@pytest.mark.slow
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

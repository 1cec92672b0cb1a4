"""The results of a run of pytest: from workers, after an interrupt, and as an exit status."""

from pathlib import Path

import pytest

from support.project import Project
from support.proofs import LOCK, SENTENCE, results, sentences


@pytest.mark.slow
def test_strict_fails_the_run_if_a_reading_changes_an_outcome(project: Project) -> None:
    assert project.pytest(LOCK, "--aiimage-readings=each", "--aiimage-readings-strict").returncode == 1
    careful = "def test_it(aiimage_mock):\n    assert generate(aiimage_mock)[0] == 200\n"
    assert project.pytest(careful, "--aiimage-readings=each", "--aiimage-readings-strict").returncode == 0


@pytest.mark.slow
def test_workers_of_xdist_report_together(project: Project, tmp_path: Path) -> None:
    other = LOCK.replace("test_lock", "test_other")
    done = project.pytest(LOCK + other, "--aiimage-readings=each", "-n", "2")
    assert done.returncode == 0, done.stdout
    assert sentences(tmp_path) == [SENTENCE, SENTENCE.replace("test_lock", "test_other")]
    assert results(tmp_path)["tried"]["readings"]["tests"] == 2


@pytest.mark.slow
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

"""The output of the command, as a process: it never ends a run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "contract_tests"]
# Port 9 is closed, so that the run ends at once with status 3.
RUN = ["run", "--base-url", "http://127.0.0.1:9/api/v1", "--token", "t", "--only", "VERSIONS", "--report"]


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_characters_that_cannot_be_encoded_are_escaped(tmp_path: Path, encoding: str) -> None:
    arguments = ["run", "--target", "fünf…\N{WHITE HEAVY CHECK MARK}.yaml", "--report", str(tmp_path)]
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
    )
    assert done.returncode == 2
    assert b".yaml: the target file cannot be read" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("output", [">&-", ">&- 2>&-", "> /dev/full", "| true"])
def test_a_run_ends_as_usual_if_its_output_cannot_be_written(tmp_path: Path, output: str) -> None:
    if "full" in output and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    shell = f'set -o pipefail; "$0" -m contract_tests "$@" {output}'
    done = subprocess.run(
        ["bash", "-c", shell, sys.executable, *RUN, str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"junit.xml", "report.html", "report.json", "summary.md"}

"""The example workflow of replay and drift: its commands as GitHub runs them, with a mock in the service's place."""

import html
from pathlib import Path
from typing import Any

import pytest

from mock_server.contract import read_yaml
from support.pipelines import BIN, ROOT, commands
from support.server import Server

# `on` is a boolean in YAML 1.1.
WORKFLOW: dict[Any, Any] = read_yaml(ROOT / "examples" / "ci" / "drift-github-actions.yml")
JOBS = WORKFLOW["jobs"]
TARGET = "base_url: {}\naccounts:\n  primary: {{token: {}}}\ncontrol: {}\nbudget: {{requests_per_second: 500}}\n"


def steps(job: str) -> list[str]:
    """Return the commands of a job but for the installation."""
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step and "pip install" not in step["run"]]


def test_it_asks_the_service_every_month_and_the_mock_on_every_commit() -> None:
    triggers = WORKFLOW["on" if "on" in WORKFLOW else True]
    (schedule,) = triggers["schedule"]
    _, _, day, month, _ = schedule["cron"].split()
    assert (day, month) == ("1", "*")
    assert "push" in triggers
    assert JOBS["replay"]["if"] == "github.event_name == 'push'"
    assert JOBS["drift"]["if"] == "github.event_name != 'push'"
    assert "--max-credits 3" in steps("drift")[0]


def test_only_the_job_that_asks_the_service_has_the_key() -> None:
    assert "secrets" not in str(JOBS["replay"])
    assert str(JOBS["drift"]).count("secrets.AIIMAGE_TOKEN") == 1


@pytest.mark.slow
def test_its_commands_pass_at_an_unchanged_service_and_fail_at_a_changed_one(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(BIN)
    summary = tmp_path / "summary"
    with commands(tmp_path, GITHUB_STEP_SUMMARY=str(summary)) as runner:
        with Server("--generation-time", "0.2") as service:
            (tmp_path / "target.yaml").write_text(TARGET.format(service.base_url, "a-key", "none"))
            (tmp_path / "mock.yaml").write_text(TARGET.format(service.base_url, "demo", "mock"))
            record = "aiimage-conform record --target target.yaml --max-credits 3 --out recording"
            assert runner.run(record) == 0, runner.printed
            for job in JOBS:
                for command in steps(job):
                    assert runner.run(command) == 0, runner.printed
        behaviour = tmp_path / "changed.yaml"
        behaviour.write_text("output_form: url\n")
        with Server("--generation-time", "0.2", "--behaviour", str(behaviour)) as changed:
            (tmp_path / "target.yaml").write_text(TARGET.format(changed.base_url, "a-key", "none"))
            (tmp_path / "mock.yaml").write_text(TARGET.format(changed.base_url, "demo", "mock"))
            for job, diagnosis in (("replay", "mock_wrong"), ("drift", "service_changed")):
                test, report = steps(job)
                assert runner.run(test) == 1, runner.printed
                assert runner.run(report) == 0, runner.printed
                assert diagnosis in html.unescape(summary.read_text())

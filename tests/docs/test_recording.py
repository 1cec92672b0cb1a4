"""The commands of docs/recording.md, run in their order with a mock in the service's place."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from contract_tests.comparison.finding import DIAGNOSES
from support.pages import page
from support.pipelines import Commands, commands, free_port
from support.server import Server

PAGE = page("recording")
SERVE = "aiimage-mock serve"


@pytest.mark.slow
def test_its_commands_lead_from_a_key_to_a_calibrated_mock(tmp_path: Path) -> None:
    port = free_port()
    with (
        Server("--generation-time", "0.2") as service,
        commands(tmp_path, AIIMAGE_TOKEN="a-key", AIIMAGE_MOCK_PORT=str(port)) as runner,
    ):
        for name, text in zip(("target.yaml", "mock.yaml"), PAGE.blocks("yaml"), strict=True):
            text = re.sub(r"https://[^\s]+", service.base_url, text).replace("8010", str(port))
            (tmp_path / name).write_text(text.replace("requests_per_second: 2", "requests_per_second: 500"))
        for command in PAGE.commands():
            run(runner, command)
        assert "answers like the recording" in runner.printed
        assert yaml.safe_load((tmp_path / "profile.yaml").read_text())["measured"]["values"]
        written = {file.name for file in (tmp_path / "drifted").iterdir()}
        assert written >= {"report.html", "summary.md", "junit.xml", "differences.json"}


def run(runner: Commands, command: str) -> None:
    if command.startswith("export"):
        return  # the environment of the runner has a token
    if command.startswith(SERVE):
        # Served until the next one is, on the same port.
        runner.end()
        beside = command if command.endswith("&") else f"{command} > mock.log 2>&1 &"
        assert runner.run(f"{beside}\naiimage-mock health --wait 30") == 0, runner.printed
        return
    if command.startswith("aiimage-mock health"):
        assert runner.run(command) == 0, runner.printed
        return
    assert shlex.split(command)[0] == "aiimage-conform"
    assert runner.run(command) == 0, runner.printed


def test_every_diagnosis_is_explained() -> None:
    assert sorted(PAGE.names("diagnosis | meaning | what to do")) == sorted(DIAGNOSES)

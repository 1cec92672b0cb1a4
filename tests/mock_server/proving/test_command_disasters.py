"""aiimage-mock prove --disasters: a command in any language with every failure."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mock_server.cli import main
from mock_server.proving.command_disasters import Disasters
from mock_server.proving.observed import Run
from mock_server.proving.points import Schedule
from mock_server.proving.results import JSON_FILE

# A client whose number of attempts is its first argument.
CLIENT = """
import json, os, sys, time, urllib.request
base, token = os.environ["AIIMAGE_BASE_URL"], os.environ["AIIMAGE_TOKEN"]
fox = {"image_generator": "flux-pro", "description_flux_pro": "A fox", "image_number_of_images": 1}
headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
attempts = int(sys.argv[1])
for attempt in range(attempts):
    try:
        request = urllib.request.Request(base + "/aiimage/generate-image", json.dumps(fox).encode(), headers)
        image = json.load(urllib.request.urlopen(request, timeout=9))["images"][0]
        break
    except OSError as error:
        if attempt + 1 == attempts: sys.exit(f"failed: {error}")
urllib.request.urlopen(base.removesuffix("/api/v1") + "/" + image["output"], timeout=9).read()
"""


def prove(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["prove", *arguments])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "client.py").write_text(CLIENT)
    return tmp_path


def test_a_command_that_retries_blindly_pays_twice(folder: Path) -> None:
    done = prove("--disaster=1.charged", "--", sys.executable, "client.py", "2")
    assert done.exit_code == 0, done.output
    (found,) = json.loads((folder / JSON_FILE).read_text())["disasters"]
    assert (found["finding"], found["schedule"], found["worst_cost"]) == ("double-payment", ["1.charged"], 2)
    assert f"aiimage-mock prove --disaster=1.charged -- {sys.executable} client.py 2" in done.output


@pytest.mark.slow
def test_a_command_that_gives_up_loses_its_picture_and_strict_fails(folder: Path) -> None:
    done = prove("--disasters", "--strict", "--", sys.executable, "client.py", "1")
    assert done.exit_code == 1, done.output
    proof = json.loads((folder / JSON_FILE).read_text())
    assert {each["finding"] for each in proof["disasters"]} == {"lost-picture", "wrong-answer"}
    assert proof["tried"]["disasters"]["runs"] == 20
    assert "exit status 1, failed: Remote end closed connection without response" in done.output


def test_a_command_that_fails_by_itself_is_not_tried() -> None:
    done = prove("--disasters", "--", sys.executable, "-c", "raise SystemExit('no')")
    assert done.exit_code == 1
    assert "the command fails under the defaults, so nothing else was tried: exit status 1, no" in done.output


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "choose what to prove: add --readings or --disasters"),
        (["--disaster=1.eaten"], "--disaster: unknown point 'eaten'"),
    ],
)
def test_options_that_cannot_be_followed_are_refused(arguments: list[str], why: str) -> None:
    done = prove(*arguments, "--", "true")
    assert done.exit_code == 2
    assert why in done.output


@pytest.mark.slow
def test_readings_and_disasters_are_reported_together(folder: Path) -> None:
    done = prove("--readings=each", "--disaster=1.charged", "--", sys.executable, "client.py", "2")
    assert done.exit_code == 0, done.output
    proof = json.loads((folder / JSON_FILE).read_text())
    assert proof["tried"].keys() == {"readings", "disasters"}
    assert [each["finding"] for each in proof["disasters"]] == ["double-payment"]


def test_an_interrupted_command_leaves_a_report(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Disasters._run

    def interrupted(self: Disasters, schedule: Schedule) -> Run:
        if self._runs == 3:
            raise KeyboardInterrupt
        return run(self, schedule)

    monkeypatch.setattr(Disasters, "_run", interrupted)
    done = prove("--disasters", "--", sys.executable, "client.py", "2")
    assert ("interrupted" in done.output, done.exit_code) == (True, 3)
    assert json.loads((folder / JSON_FILE).read_text())["tried"]["disasters"]["runs"] == 3

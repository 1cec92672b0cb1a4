"""`aiimage-conform run` with a baseline, from the responses of a service to the exit status."""

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner, Result

from contract_tests.report import files
from contract_tests.runner import session
from contract_tests.runner.cli import main
from support.listening import Handler, listening

TOKEN = "session-5f1c0d7e9b"


class Raw(str):
    """A body that is sent as it is."""


class Versions(Handler):
    """Answers the free operations. versions: the body of getVersions; left: how many requests it still answers."""

    versions: ClassVar[Any]
    headers_sent: ClassVar[dict[str, str]]
    left: ClassVar[float]

    def answer(self) -> None:
        self.read()
        Versions.left -= 1
        if self.left < 0:
            self.close_connection = True
        elif self.headers.get("authorization") != f"Bearer {TOKEN}":
            self.send_json(401, {"message": "Unauthenticated."})
        elif self.path.endswith("/versions"):
            body = self.versions if isinstance(self.versions, Raw) else json.dumps(self.versions)
            self.send(200, body.encode(), Content_Type="application/json", **self.headers_sent)
        elif self.path.endswith("/recent-images"):
            self.send_json(200, [])
        else:
            self.send_json(200, {"status": "success", "message": "Image generation is available."})


@pytest.fixture(autouse=True)
def origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIIMAGE_TOKEN", TOKEN)
    Versions.headers_sent, Versions.left = {}, math.inf
    with listening(Versions) as host:
        yield f"http://{host}/api/v1"


def run(origin: str, versions: Any, *arguments: str) -> Result:
    Versions.versions = versions
    return CliRunner().invoke(
        main, ["run", "--base-url", origin, "--only", "VERSIONS", "--profile", "free", *arguments]
    )


def rule() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("conformance/report.json").read_text())["rules"][0]
    return found


@pytest.mark.slow
def test_a_baseline_is_written_and_accepted_until_it_is_out_of_date(origin: str) -> None:
    wrong, right = {"dall-e": 3}, {"dall-e": "dalle3"}
    assert run(origin, wrong, "--write-baseline", "b.yaml").exit_code == 1

    accepted = run(origin, wrong, "--baseline", "b.yaml")
    assert accepted.exit_code == 0, accepted.output
    assert "conforms: 0 of 1 documented rules passed; 1 finding is accepted" in accepted.output
    assert (rule()["verdict"], rule()["accepted"]) == ("violated", True)
    assert "accepted" in Path("conformance/report.html").read_text()

    other = run(origin, {"dall-e": ["dalle3"]}, "--baseline", "b.yaml")
    assert other.exit_code == 1

    gone = run(origin, right, "--baseline", "b.yaml", "--write-baseline", "b.yaml")
    assert gone.exit_code == 1
    assert "no longer occurs: remove it from b.yaml." in gone.output
    assert yaml.safe_load(Path("b.yaml").read_text()) == []
    assert run(origin, right, "--baseline", "b.yaml").exit_code == 0


REPORTS = {"junit.xml", "report.html", "report.json", "summary.md"}


def test_a_report_that_cannot_be_written_is_named_and_does_not_lose_the_others(origin: str, tmp_path: Path) -> None:
    (tmp_path / "conformance" / "report.html").mkdir(parents=True)
    result = run(origin, {"dall-e": "dalle3"})
    assert result.exit_code == 3
    assert "A report is missing: conformance/report.html could not be written: Is a directory." in result.output
    assert "Report: " not in result.output
    assert {path.name for path in (tmp_path / "conformance").iterdir()} == REPORTS
    assert rule()["verdict"] == "passed"


def test_a_fault_in_one_report_does_not_lose_the_others(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> str:
        raise LookupError("no such thing")

    monkeypatch.setitem(files._WRITERS, "report.json", broken)
    result = run(origin, {"dall-e": 3})
    assert result.exit_code == 1
    assert "report.json could not be written: a fault of the suite: LookupError: no such thing." in result.output
    assert {path.name for path in Path("conformance").iterdir()} == REPORTS - {"report.json"}


def test_a_baseline_that_cannot_be_written_is_named(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(session, "baseline_text", broken)
    result = run(origin, {"dall-e": "dalle3"}, "--write-baseline", "b.yaml")
    assert result.exit_code == 3
    assert "A report is missing: b.yaml could not be written: No space left on device." in result.output


def test_a_summary_that_cannot_be_written_is_named(
    origin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    result = run(origin, {"dall-e": "dalle3"})
    assert "The summary of the step could not be written" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("text", [r"\ud83d", r"\u0000", r"\u001b[2J\u009b", "\u2028\ufffe"])
def test_every_report_is_written_whatever_a_reply_contains(origin: str, text: str) -> None:
    Versions.headers_sent = {"X_Request_Id": "\xff\x80"}
    result = run(origin, Raw(f'{{"{text}": 3, "dall-e": ["{text}"]}}'), "--write-baseline", "b.yaml")
    assert result.exit_code == 1, result.output
    assert {path.name for path in Path("conformance").iterdir()} == REPORTS
    assert rule()["verdict"] == "violated"
    ElementTree.parse("conformance/junit.xml")
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", Path("conformance/report.html").read_text())
    assert run(origin, Raw(f'{{"{text}": 3, "dall-e": ["{text}"]}}'), "--baseline", "b.yaml").exit_code == 0


def test_a_service_that_is_gone_half_way_was_lost(origin: str) -> None:
    Versions.left = 5
    result = run(origin, {"dall-e": "dalle3"}, "--only", "VERSIONS,NOT-FOUND,SHAPE")
    assert result.exit_code == 3
    stopped = json.loads(Path("conformance/report.json").read_text())["stopped"]
    assert stopped.startswith("the service was lost: 4 requests in a row got no reply")
    assert "interrupted" not in result.output


@pytest.mark.slow
def test_the_same_field_in_many_entries_is_one_finding(origin: str) -> None:
    many = {f"engine-{number}": number for number in range(10)}
    assert run(origin, many, "--only", "SHAPE").exit_code == 1
    found = [(finding["received"], finding["example"]) for finding in rule()["findings"]]
    assert found == [('a value: the value is not of type "string"', "for example 0, in 10 places")]

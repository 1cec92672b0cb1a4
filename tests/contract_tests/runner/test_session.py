"""`aiimage-conform run` with a baseline, from the responses of a service to the exit status."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from click.testing import CliRunner, Result

from contract_tests.runner.cli import main
from support.listening import Handler, listening

TOKEN = "session-5f1c0d7e9b"


class Versions(Handler):
    """Answers the free operations. versions: the body of getVersions."""

    versions: ClassVar[Any]

    def answer(self) -> None:
        self.read()
        if self.headers.get("authorization") != f"Bearer {TOKEN}":
            self.send_json(401, {"message": "Unauthenticated."})
        elif self.path.endswith("/versions"):
            self.send_json(200, self.versions)
        elif self.path.endswith("/recent-images"):
            self.send_json(200, [])
        else:
            self.send_json(200, {"status": "success", "message": "Image generation is available."})


@pytest.fixture(autouse=True)
def origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIIMAGE_TOKEN", TOKEN)
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


def test_a_report_that_cannot_be_written_ends_without_a_traceback(origin: str, tmp_path: Path) -> None:
    (tmp_path / "conformance" / "report.html").mkdir(parents=True)
    result = run(origin, {"dall-e": "dalle3"})
    assert result.exit_code == 3
    assert "report.html" in result.output
    assert "Traceback" not in result.output

"""Secrets in every part of the replies of a service appear in no file of a recording and in no line that is printed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contract_tests.recordings.auditor import Auditor
from contract_tests.recordings.sanitiser import Sanitiser
from contract_tests.runner.cli import main
from support.canaries import CANARIES, TOKEN, CanaryService, forms, target_of


class Service(CanaryService):
    pass


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Path]:
    with target_of(Service, tmp_path) as file:
        yield file


def record(target: Path, out: Path) -> Result:
    return CliRunner().invoke(main, ["record", "--target", str(target), "--out", str(out), "--seed", "5"])


def written(out: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(out.rglob("*")) if path.is_file())


def leaked(text: str) -> list[str]:
    shown = "".join((text, text.encode().decode("unicode_escape", "replace"), text.replace("\\u0000", ""))).lower()
    return [name for name in CANARIES if any(form in shown for form in forms(name))]


def test_no_canary_is_written_or_printed(target: Path, tmp_path: Path) -> None:
    out = tmp_path / "recording"
    result = record(target, out)
    assert "Traceback" not in result.output
    assert result.exit_code == 0, result.output
    assert "removed" not in result.output
    text = written(out) + result.output
    assert len(list(out.rglob("*-*.json"))) > 40
    assert leaked(text) == []
    assert TOKEN.lower() not in text.lower()
    assert TOKEN[8:].lower() not in text.lower()


def unsanitised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sanitiser, "_text", lambda self, text, sensitive=False: text)
    monkeypatch.setattr(Sanitiser, "_number", lambda self, value, sensitive: value)


def test_without_sanitiser_and_auditor_every_canary_would_be_found(
    target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsanitised(monkeypatch)
    monkeypatch.setattr(Auditor, "files", lambda *_: ())
    monkeypatch.setattr(Auditor, "lines", lambda *_: ())
    out = tmp_path / "recording"
    result = record(target, out)
    missed = set(CANARIES) - set(leaked(written(out) + result.output))
    # Not even read, and in bytes that are never written.
    assert missed == {"reason", "exif"}
    assert len(CANARIES) >= 50


def test_without_the_sanitiser_the_auditor_fails_the_command_and_removes_the_files(
    target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsanitised(monkeypatch)
    out = tmp_path / "recording"
    result = record(target, out)
    assert result.exit_code == 3
    assert "so it was removed" in result.output
    found = set(leaked(written(out) + result.output))
    # The auditor cannot recognise plain words as secrets.
    plain = {name for name in CANARIES if not any(each.isdigit() for each in str(CANARIES[name]))}
    assert found - plain == set()


@pytest.mark.slow
def test_no_canary_is_in_the_reports_of_a_drift(target: Path, tmp_path: Path) -> None:
    assert record(target, tmp_path / "recording").exit_code == 0
    report, baseline = tmp_path / "report", tmp_path / "accepted.yaml"
    files = ["--report", str(report), "--write-baseline", str(baseline)]
    result = CliRunner().invoke(main, ["drift", str(tmp_path / "recording"), "--target", str(target), *files])
    assert result.exit_code == 1, result.output
    text = written(report) + baseline.read_text() + result.output
    assert "service_changed" in text
    assert leaked(text) == []
    assert TOKEN.lower() not in text.lower()


@pytest.mark.slow
def test_no_canary_is_in_a_profile_or_in_a_line_of_a_calibration(target: Path, tmp_path: Path) -> None:
    profile, recording = tmp_path / "profile.yaml", tmp_path / "recording"
    arguments = ["calibrate", "--target", str(target), "--out", str(profile), "--recording", str(recording)]
    result = CliRunner().invoke(main, arguments)
    assert "Traceback" not in result.output
    assert "settings measured" in result.output
    text = written(recording) + profile.read_text() + result.output
    assert leaked(text) == []
    assert TOKEN.lower() not in text.lower()

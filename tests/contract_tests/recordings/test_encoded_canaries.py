"""Secrets that a service encodes, splits or compresses appear in no file of a recording and in no line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract_tests.recordings.auditor import Auditor
from contract_tests.recordings.sanitiser import Sanitiser
from contract_tests.runner.cli import main
from support.canaries import TOKEN, target_of
from support.encoded_canaries import SECRETS, EncodedCanaryService, readings

# The half of a token that is sent in two fields, and a word of a token.
_NEEDLES = {"token": TOKEN, "half of the token": TOKEN[14:], "rest of the token": TOKEN[8:14], **SECRETS}


class Service(EncodedCanaryService):
    pass


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Path]:
    with target_of(Service, tmp_path) as file:
        yield file


def recorded(target: Path, out: Path) -> str:
    """Record; return everything that was written and printed."""
    result = CliRunner().invoke(main, ["record", "--target", str(target), "--out", str(out), "--seed", "5"])
    assert "Traceback" not in result.output
    files = [path.read_text(encoding="utf-8") for path in sorted(out.rglob("*")) if path.is_file()]
    assert len(files) > 40
    assert "removed" not in result.output
    return "\n".join([*files, result.output])


def leaked(text: str) -> list[str]:
    shown = [*readings(text)]
    return [name for name, needle in _NEEDLES.items() if any(needle.lower() in each for each in shown)]


def test_no_encoded_canary_is_written_or_printed(target: Path, tmp_path: Path) -> None:
    assert leaked(recorded(target, tmp_path / "recording")) == []


def test_without_sanitiser_and_auditor_the_canaries_would_be_found(
    target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sanitiser, "_text", lambda self, text, sensitive=False: text)
    monkeypatch.setattr(Auditor, "files", lambda *_: ())
    monkeypatch.setattr(Auditor, "lines", lambda *_: ())
    found = leaked(recorded(target, tmp_path / "recording"))
    # Of a broken compression nothing can be read, and of a drawing only its size and its hash are written.
    assert _NEEDLES.keys() - found == {"broken compression", "drawing"}

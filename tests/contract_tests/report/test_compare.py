import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contract_tests.runner.cli import main

FOUND = {"call": "GET /aiimage/versions", "expected": "401", "received": "200"}


def rule(id_: str, verdict: str, *findings: dict[str, Any], accepted: bool = False) -> dict[str, Any]:
    entries = [{**finding, "accepted": "known" if accepted else None} for finding in findings]
    return {"id": id_, "verdict": verdict, "accepted": accepted, "findings": entries, "evidence": []}


def report(folder: Path, *rules: dict[str, Any], **values: Any) -> str:
    folder.mkdir()
    content = {"verdict": "conforms", "credits": {"spent": 3}, "requests": 20, "seconds": 1.5, "rules": rules}
    (folder / "report.json").write_text(json.dumps({**content, **values}))
    return str(folder)


def compare(before: str, after: str) -> Result:
    return CliRunner().invoke(main, ["compare", before, after])


def test_worse_verdicts_are_first_and_fail(tmp_path: Path) -> None:
    before = report(tmp_path / "a", rule("AUTH", "violated", FOUND), rule("SHAPE", "passed"), rule("ORDER", "passed"))
    broken = rule("SHAPE", "violated", {**FOUND, "received": "500"})
    after = report(tmp_path / "b", rule("AUTH", "passed"), broken, rule("ORDER", "passed"), requests=25)
    result = compare(before, after)
    assert result.exit_code == 1
    assert result.output.splitlines()[2:] == [
        "  worse     SHAPE: passed, now violated",
        "  better    AUTH: violated, now passed",
        "  new       SHAPE: GET /aiimage/versions: expected 401; received 500",
        "  vanished  AUTH: GET /aiimage/versions: expected 401; received 200",
        "Credits   3, now 3",
        "Requests  20, now 25",
        "Seconds   1.5, now 1.5",
        "Something got worse.",
    ]


def test_equal_reports_pass(tmp_path: Path) -> None:
    same = rule("AUTH", "violated", {**FOUND, "received": "200 after 1.25 s"})
    after = rule("AUTH", "violated", {**FOUND, "received": "200 after 0.75 s"})
    result = compare(report(tmp_path / "a", same), report(tmp_path / "b", after) + "/report.json")
    assert result.exit_code == 0
    assert "No verdict and no finding changed." in result.output
    assert result.output.endswith("Nothing got worse.\n")


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        ([rule("AUTH", "passed")], [rule("AUTH", "inconclusive")], 1),
        ([rule("AUTH", "passed")], [], 1),
        ([], [rule("AUTH", "passed")], 0),
        ([rule("AUTH", "violated", FOUND)], [rule("AUTH", "skipped")], 0),
        ([rule("AUTH", "violated", FOUND)], [rule("AUTH", "violated", FOUND, {**FOUND, "received": "500"})], 1),
        ([rule("AUTH", "violated", FOUND)], [rule("AUTH", "violated", FOUND, accepted=True)], 0),
        ([rule("AUTH", "passed")], [rule("AUTH", "violated", FOUND, accepted=True)], 0),
        ([rule("AUTH", "violated", FOUND, accepted=True)], [rule("AUTH", "violated", FOUND)], 1),
    ],
)
def test_the_exit_status_reports_a_worse_verdict(
    tmp_path: Path, before: list[dict[str, Any]], after: list[dict[str, Any]], status: int
) -> None:
    assert compare(report(tmp_path / "a", *before), report(tmp_path / "b", *after)).exit_code == status


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "the report cannot be read: No such file or directory"),
        ("<html>", "the report is not JSON"),
        ("[]", "is not a report of aiimage-conform"),
        ('{"rules": []}', "is not a report of aiimage-conform"),
        ('{"rules": [{"id": "AUTH", "verdict": "fine", "evidence": []}]}', "is not a report of aiimage-conform"),
    ],
)
def test_an_invalid_report_is_named_in_a_sentence(tmp_path: Path, text: str | None, message: str) -> None:
    other = tmp_path / "other.json"
    if text is not None:
        other.write_text(text)
    result = compare(report(tmp_path / "a"), str(other))
    assert result.exit_code == 2
    assert f"Error: {other}" in result.output
    assert message in result.output
    assert "Traceback" not in result.output

from pathlib import Path

import pytest

from contract_tests.report import github
from contract_tests.report.github import annotations
from contract_tests.runner.baseline import Accepted, Baseline
from contract_tests.runner.events import Interrupted, PreflightFailed
from contract_tests.runner.outcome import conclude
from support.conformance import decision, ended, plan
from support.finished import finished_run


@pytest.fixture(autouse=True)
def _in_a_pipeline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "step.md"))


def test_the_level_of_an_annotation_follows_from_the_finding(tmp_path: Path) -> None:
    baseline = Baseline((Accepted("ORDER", "known"),))
    found = list(annotations(conclude(finished_run(tmp_path).events.log)))
    assert [line.partition(" ")[0] for line in found] == ["::error", "::warning", "::warning"]
    accepted = list(annotations(conclude(finished_run(tmp_path, baseline=baseline).events.log)))
    assert [line.partition(" ")[0] for line in accepted] == ["::error", "::notice", "::warning"]
    strict = list(annotations(conclude(finished_run(tmp_path).events.log), strict=True))
    assert [line.partition(" ")[0] for line in strict] == ["::error", "::error", "::warning"]


def test_an_annotation_is_one_line_and_escaped(tmp_path: Path) -> None:
    first = next(annotations(conclude(finished_run(tmp_path).events.log)))
    assert first == ("::error title=LOCK-ONE violated%3A One generation at a time::Received: 200%0ADocumented: 409")


def test_an_interruption_and_an_outdated_baseline_are_annotated() -> None:
    gone = Accepted("AUTH", "known")
    made = plan(("a", ("AUTH",)))
    events = [type(made)(made.plan, Baseline((gone,), Path("b.yaml"))), decision("a", "AUTH", passed=True), ended("a")]
    assert list(annotations(conclude([*events, Interrupted("50% done,\r\nthen: stopped")]))) == [
        "::error title=The run was stopped::50%25 done,%0D%0Athen: stopped",
        "::error title=The baseline is out of date::The accepted finding AUTH no longer occurs: remove it from b.yaml.",
    ]


def test_a_failed_preflight_is_annotated_once() -> None:
    planned = plan(("a", ("AUTH", "SHAPE", "LOCK-ONE")))
    assert list(annotations(conclude([planned, PreflightFailed("no service there")]))) == [
        "::error title=The run was stopped::no service there"
    ]


def test_rules_that_are_inconclusive_for_the_same_reason_share_an_annotation() -> None:
    events = [plan(("a", ("AUTH", "SHAPE"))), ended("a", "inconclusive", "no reply")]
    assert list(annotations(conclude(events))) == ["::warning title=AUTH%2C SHAPE are inconclusive::no reply (a)"]


def test_the_summary_is_appended_to_that_of_the_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    step = tmp_path / "step.md"
    step.write_text("before\n")
    run = finished_run(tmp_path)
    github.announce(run, conclude(run.events.log))
    assert step.read_text().startswith("before\n## ❌ Violates")
    assert capsys.readouterr().out.startswith("::error title=LOCK-ONE")


def test_a_quoted_reply_is_not_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    with github.no_commands():
        print("::error::said the service")
    first, quoted, last = capsys.readouterr().out.splitlines()
    assert quoted == "::error::said the service"
    assert first == f"::stop-commands::{last.strip(':')}"
    assert len(last) == 36


def test_nothing_is_printed_outside_of_github_actions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS")
    run = finished_run(tmp_path)
    with github.no_commands():
        github.announce(run, conclude(run.events.log))
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "step.md").exists()

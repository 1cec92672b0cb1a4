import re
from pathlib import Path

import pytest

from contract_tests.report.markdown import escaped, fenced, markdown_text
from contract_tests.runner.outcome import conclude
from support.finished import finished_run


@pytest.fixture
def summary(tmp_path: Path) -> str:
    run = finished_run(tmp_path)
    return markdown_text(run, conclude(run.events.log))


def test_the_summary_begins_with_the_verdict(summary: str) -> None:
    assert summary.startswith("## ❌ Violates the documentation\n")


def test_the_table_has_the_rules_that_did_not_pass_worst_first(summary: str) -> None:
    rows = [line for line in summary.splitlines() if line.startswith("| **")]
    assert [re.findall(r"[\w-]+", row)[0] for row in rows] == ["LOCK-ONE", "ORDER", "SHAPE", "AUTH"]
    assert {row.count("|") for row in rows} == {5}


def test_a_finding_is_collapsed_with_its_requests_in_order(summary: str) -> None:
    assert summary.count("<details>") == summary.count("</details>") == 2
    assert "At 0.00 s, 2026-02-26T10:00:00.000Z, as low, answered after 0.50 s, x-request-id: 7f3e:" in summary
    assert "At 1.25 s, 2026-02-26T10:00:01.250Z, as low, answered after 0.50 s, x-request-id: 7f3e:" in summary
    assert "low &#36;AIIMAGE&#95;TOKEN&#95;LOW" in summary


@pytest.mark.parametrize("text", ["a|b", "<b>", "`c`", "[x](y)", "a\\|b", "*x*", "@you", "#1", "~x~", "$x$"])
def test_markup_in_a_text_is_escaped(text: str) -> None:
    assert not re.search(r"[|<>`*_@~$\\\[\]]|#(?!\d+;)", escaped(text))


def test_line_breaks_in_a_text_are_escaped() -> None:
    assert escaped("a\nb\r\nc") == "a<br>b<br>c"


def test_a_fence_is_longer_than_any_in_its_text() -> None:
    assert fenced("a ```` b", "sh") == "`````sh\na ```` b\n`````"
    assert fenced("a") == "```text\na\n```"

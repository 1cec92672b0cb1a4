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


def test_it_begins_with_the_verdict(summary: str) -> None:
    assert summary.startswith("## ❌ Violates the documentation\n")


def test_the_table_has_the_rules_that_are_not_held_the_worst_first(summary: str) -> None:
    rows = [line for line in summary.splitlines() if line.startswith("| **")]
    assert [re.findall(r"[\w-]+", row)[0] for row in rows] == ["LOCK-ONE", "ORDER", "SHAPE", "AUTH"]
    assert {row.count("|") for row in rows} == {5}


def test_a_finding_is_collapsed_with_its_requests_in_order(summary: str) -> None:
    assert summary.count("<details>") == summary.count("</details>") == 2
    assert "At 0.00 s, as low, answered after 0.50 s:" in summary
    assert "At 1.25 s, as low, answered after 0.50 s:" in summary
    assert "low `$AIIMAGE_TOKEN_LOW`" in summary


@pytest.mark.parametrize("text", ["a|b", "<b>", "`c`", "[x](y)", "a\\|b", "*x*", "@you", "#1", "~x~", "$x$"])
def test_text_means_nothing_in_markdown(text: str) -> None:
    assert not re.search(r"[|<>`*_@~$\\\[\]]|#(?!\d+;)", escaped(text))


def test_text_stays_on_a_line() -> None:
    assert escaped("a\nb\r\nc") == "a<br>b<br>c"


def test_a_block_ends_where_its_text_does() -> None:
    assert fenced("a ```` b", "sh") == "`````sh\na ```` b\n`````"
    assert fenced("a") == "```text\na\n```"

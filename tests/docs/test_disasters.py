"""docs/disasters.md: its timeline and its tables are those of the code."""

import re
from pathlib import Path

import pytest

from mock_server.app import contract
from mock_server.proving.judging import KINDS
from mock_server.proving.points import points_of
from support.pages import page
from support.project import Project

PAGE = page("disasters")


@pytest.mark.slow
def test_the_first_finding_is_the_one_of_the_page(tmp_path: Path) -> None:
    first = PAGE.blocks("python")[0]
    (shown,) = PAGE.blocks("text")
    done = Project(tmp_path).pytest(first, "--aiimage-disasters")
    printed = done.stdout.replace("test_it.py", "test_orders.py")
    (begin,) = [each for each in printed.splitlines() if "double-payment" in each]
    found = [begin.partition(": ")[2], *(line[4:] for line in printed.partition(begin)[2].splitlines()[1:])]
    lines = [re.sub(r"fox-\w+", "fox-", line) for line in shown.splitlines()]
    assert [re.sub(r"fox-\w+", "fox-", line) for line in found[: len(lines)]] == lines


def test_the_findings_are_defined() -> None:
    assert re.findall(r"^\| `([a-z-]+)` \|", PAGE.text.partition("## Findings")[2], re.MULTILINE) == list(KINDS)


def test_every_point_is_listed() -> None:
    listed = set(re.findall(r"`([a-z0-9-]+)`", PAGE.text.partition("## The points")[2].partition("## Time")[0]))
    known = {name for each in contract().operations for name in points_of(each.id)} | {*points_of("getPicture")}
    assert known <= listed

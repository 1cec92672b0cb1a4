"""docs/prove.md is correct."""

import json
import re
from pathlib import Path

import pytest

from mock_server.proving.results import JSON_FILE
from support.pages import page
from support.project import Project

PAGE = page("prove")


@pytest.mark.slow
def test_the_first_finding_is_that_of_the_page(tmp_path: Path) -> None:
    done = Project(tmp_path).pytest(PAGE.blocks("python")[0], "--aiimage-readings")
    section = re.split(r"=+ proof of the client =+\n", done.stdout)[1].partition("\n=")[0]
    assert section.replace("test_it.py", "test_client.py").splitlines() == PAGE.blocks("text")[0].splitlines()
    (found,) = json.loads((tmp_path / JSON_FILE).read_text())["readings"]
    names = {name for row in PAGE.rows("key | content") for name in re.findall(r"`(\w+)`", row[0])}
    assert names == found.keys()


@pytest.mark.slow
def test_its_first_failure_is_that_of_the_page(tmp_path: Path) -> None:
    done = Project(tmp_path).pytest(PAGE.blocks("python")[0], "--aiimage-disasters")
    printed = re.sub(r"fox-\w+", "fox-", done.stdout.replace("test_it.py::", ""))
    assert re.sub(r"fox-\w+", "fox-", PAGE.blocks("text")[1].strip()) in printed.splitlines()


def test_every_mode_is_in_the_table() -> None:
    assert PAGE.names("mode") == ["each", "pairwise", "full"]

"""docs/pytest.md is correct."""

import re
from pathlib import Path
from typing import Any

from mock_server.client import WorldClock
from mock_server.testing import AiimageMock
from support.mock import DALL_E
from support.pages import page
from support.project import Project

PAGE = page("pytest")


def public(kind: type[Any]) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def test_every_attribute_of_the_fixture_is_in_the_table(aiimage_mock: AiimageMock) -> None:
    assert set(PAGE.names("of `aiimage_mock`")) == public(AiimageMock) | {"base_url", "token", "clock"}
    assert set(PAGE.names("of `aiimage_mock.clock`")) == public(WorldClock)
    row = next(line for line in PAGE.text.splitlines() if line.startswith("| `state` |"))
    assert {*re.findall(r"`(\w+)`", row)} == aiimage_mock.state.keys() - {"token"} | {"state"}


def test_the_first_test_has_ten_lines() -> None:
    assert len([line for line in PAGE.blocks("python")[0].splitlines() if line]) <= 10


def test_the_failure_matches_the_page(aiimage_mock: AiimageMock, tmp_path: Path) -> None:
    done = Project(tmp_path).pytest(f"""
import httpx

def test_it(aiimage_mock):
    aiimage_mock.clock.freeze("2026-02-26T12:00:00Z")
    for _ in range(2):
        url = aiimage_mock.base_url + "/aiimage/generate-image"
        httpx.post(url, headers=aiimage_mock.headers, json={dict(DALL_E, size="big")})
    aiimage_mock.assert_well_behaved()
""")
    printed = [line.removeprefix("E").strip() for line in done.stdout.splitlines() if line.startswith("E ")]
    assert printed == [line.strip() for line in PAGE.blocks("text")[0].splitlines()]

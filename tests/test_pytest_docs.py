"""docs/pytest.md is held to what it says."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from mock_server.client import WorldClock
from mock_server.testing import AiimageMock
from support.mock import DALL_E
from support.project import Project
from support.server import Server

PAGE = (Path(__file__).parent.parent / "docs" / "pytest.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


TESTS = "\n\n".join(blocks("python"))


def first_column(header: str) -> set[str]:
    """The names in the first column of the table that begins with `header`."""
    table = PAGE.split(f"| {header} |", 1)[1].split("\n\n", 1)[0]
    return set(re.findall(r"^\| `(\w+)", table, re.MULTILINE))


def public(kind: type[Any]) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def test_all_that_the_fixture_has_is_in_the_table(aiimage_mock: AiimageMock) -> None:
    assert first_column("of `aiimage_mock`") == public(AiimageMock) | {"base_url", "token", "clock"}
    assert first_column("of `aiimage_mock.clock`") == public(WorldClock)
    row = next(line for line in PAGE.splitlines() if line.startswith("| `state` |"))
    assert {*re.findall(r"`(\w+)`", row)} == aiimage_mock.state.keys() - {"token"} | {"state"}


def test_the_tests_pass(tmp_path: Path) -> None:
    done = Project(tmp_path).pytest(TESTS, "-q")
    assert f"{TESTS.count('def test_')} passed" in done.stdout, done.stdout
    assert TESTS.count("def test_") > 7


def test_the_first_test_has_ten_lines() -> None:
    assert len([line for line in blocks("python")[0].splitlines() if line]) <= 10


@pytest.mark.parametrize(
    "command", [line for block in blocks("sh") for line in block.splitlines() if "pip" not in line]
)
def test_the_commands_pass(command: str, tmp_path: Path, server: Server) -> None:
    program, *flags = shlex.split(command.replace("http://127.0.0.1:8010", server.origin))
    assert program == "pytest"
    done = Project(tmp_path).pytest(blocks("python")[0], *flags)
    assert "1 passed" in done.stdout, done.stdout


def test_the_failure_looks_as_shown(aiimage_mock: AiimageMock, tmp_path: Path) -> None:
    done = Project(tmp_path).pytest(f"""
import httpx

def test_it(aiimage_mock):
    aiimage_mock.clock.freeze("2026-02-26T12:00:00Z")
    for _ in range(2):
        url = aiimage_mock.base_url + "/aiimage/generate-image"
        httpx.post(url, headers=aiimage_mock.headers, json={dict(DALL_E, size="big")})
    aiimage_mock.assert_well_behaved()
""")
    told = [line.removeprefix("E").strip() for line in done.stdout.splitlines() if line.startswith("E ")]
    assert told == [line.strip() for line in blocks("text")[0].splitlines()]

"""Every path that ARCHITECTURE.md names exists."""

import re
from collections.abc import Iterator

import pytest

from support.pages import ROOT

TEXT = (ROOT / "ARCHITECTURE.md").read_text()
FOLDERS = ("", "mock_server", "contract_tests", "openapi", "tests", "tests/mock_server", "tests/contract_tests")
INSIDE = ("checks", "runner", "oracle", "domain", "faults", "http", "control", "wrong_servers")


def named() -> Iterator[str]:
    """Yield each file and folder in backticks, "a/{b,c}.py" as two."""
    for text in re.findall(r"`([\w./{},*-]+)`", TEXT):
        if text.startswith("/") or not re.search(r"/$|\.(py|yaml|md|html|js)$|^[\w-]+/[\w/]+$", text):
            continue
        alternatives = re.search(r"\{([\w,]+)\}", text)
        for each in alternatives[1].split(",") if alternatives else [""]:
            yield text.replace(alternatives[0], each) if alternatives else text


@pytest.mark.parametrize("path", sorted(set(named())))
def test_a_named_path_exists(path: str) -> None:
    places = [*FOLDERS, *(f"{folder}/{each}" for folder in ("mock_server", "contract_tests") for each in INSIDE)]
    assert any(list((ROOT / place).glob(path.rstrip("/"))) for place in places)

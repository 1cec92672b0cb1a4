"""Planted assumptions: each test of a client that depends on a reading is found, and no other."""

import json
from pathlib import Path

import pytest

from mock_server.proving.results import JSON_FILE
from support.planted_readings import FRAGILE, HEAD, TESTS
from support.project import Project


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["each", "pairwise"])
def test_planted_assumptions_are_found_and_named_by_their_rules(tmp_path: Path, mode: str) -> None:
    Project(tmp_path, HEAD).passes(TESTS, f"--aiimage-readings={mode}")
    found: dict[str, dict[tuple[str, ...], str]] = {}
    for each in json.loads((tmp_path / JSON_FILE).read_text())["readings"]:
        found.setdefault(each["test"].partition("::")[2], {})[tuple(each["reading"])] = each["rule"]
    largest = 1 if mode == "each" else 2
    planted = {
        test: {settings: rule for settings, rule in rules.items() if len(settings) <= largest}
        for test, rules in FRAGILE.items()
    }
    assert found == {test: rules for test, rules in planted.items() if rules}

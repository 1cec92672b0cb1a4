"""Planted assumptions: each test of a client that depends on a reading is found, and no other."""

import json
from pathlib import Path

import pytest

from support.planted_readings import FRAGILE, HEAD, TESTS
from support.project import Project

from mock_server.proving.results import JSON_FILE, Json


@pytest.fixture(scope="module", params=["each", "pairwise"])
def findings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Json]:
    folder = tmp_path_factory.mktemp("client")
    Project(folder, HEAD).passes(TESTS, f"--aiimage-readings={request.param}")
    return list(json.loads((folder / JSON_FILE).read_text())["readings"])


def test_each_planted_assumption_is_found_and_named_by_its_rule(findings: list[Json]) -> None:
    found: dict[str, dict[tuple[str, ...], str]] = {}
    for each in findings:
        found.setdefault(each["test"].partition("::")[2], {})[tuple(each["reading"])] = each["rule"]
    assert found == FRAGILE

"""A test that depends on one reading, and the results of a proof."""

import json
from pathlib import Path
from typing import Any

from mock_server.proving.results import JSON_FILE

LOCK = """
def test_lock(aiimage_mock):
    aiimage_mock.clock.freeze()
    assert [generate(aiimage_mock)[0] for _ in range(2)] == [200, 200]
"""
SENTENCE = "test_lock passes only if the lock is freed as soon as its generation ends (LOCK-RELEASE, inferred)"


def results(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / JSON_FILE).read_text()))


def sentences(folder: Path) -> list[str]:
    return [each["sentence"] for each in results(folder)["readings"]]

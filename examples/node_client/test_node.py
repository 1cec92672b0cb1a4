"""The Node client: its own tests, and its command line."""

from pathlib import Path

import pytest

from mock_server.testing import AiimageMock
from support import node

HERE = Path(__file__).parent
CLIENT = str(HERE / "client.mjs")


def origin(mock: AiimageMock) -> str:
    return mock.base_url.removesuffix("/api/v1")


def test_its_tests_pass(aiimage_mock: AiimageMock) -> None:
    output = node.run(node.node(18), "--test", "client.test.mjs", cwd=HERE, AIIMAGE_MOCK=origin(aiimage_mock))
    assert node.passed(output) >= 30


def test_the_command_writes_a_picture(aiimage_mock: AiimageMock, tmp_path: Path) -> None:
    where = {"AIIMAGE_BASE_URL": aiimage_mock.base_url, "AIIMAGE_TOKEN": aiimage_mock.token}
    output = node.run(node.node(18), CLIENT, "A fox", "fox.png", cwd=tmp_path, **where)
    assert output.startswith(f"fox.png: {origin(aiimage_mock)}/uploads/fox-")
    assert (tmp_path / "fox.png").read_bytes().startswith(b"\x89PNG")
    aiimage_mock.assert_well_behaved()


def test_the_command_says_why_there_is_none(aiimage_mock: AiimageMock, tmp_path: Path) -> None:
    aiimage_mock.change(credits=0)
    where = {"AIIMAGE_BASE_URL": aiimage_mock.base_url, "AIIMAGE_TOKEN": aiimage_mock.token}
    with pytest.raises(AssertionError, match="OutOfCreditsError: You have no credits left"):
        node.run(node.node(18), CLIENT, "A fox", "fox.png", cwd=tmp_path, **where)

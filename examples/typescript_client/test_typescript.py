"""The generated TypeScript client compiles strictly and passes the use cases of the API's documentation."""

import shutil
from pathlib import Path

import pytest

from mock_server.testing import AiimageMock
from support import node

pytestmark = pytest.mark.delivery

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "openapi" / "openapi.yaml"


def test_the_generated_client_compiles_and_goes_through_the_use_cases(
    aiimage_mock: AiimageMock, tmp_path: Path
) -> None:
    node.node(20, 19)
    modules = node.packages(HERE)
    folder = tmp_path / "examples" / HERE.name
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("node_modules", "generated", "build", "*.py"))
    (folder / "node_modules").symlink_to(modules)
    (tmp_path / "openapi").mkdir()
    shutil.copy(DOCUMENT, tmp_path / "openapi")

    where = {"AIIMAGE_BASE_URL": aiimage_mock.base_url, "AIIMAGE_TOKEN": aiimage_mock.token}
    output = node.run("npm", "test", cwd=folder, **where)
    assert node.passed(output) == 9
    assert aiimage_mock.state["images"] == 9
    aiimage_mock.assert_well_behaved()

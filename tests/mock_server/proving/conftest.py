"""A project whose tests have a client."""

from pathlib import Path

import pytest

from support.planted_readings import HEAD
from support.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, HEAD)

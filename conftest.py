"""Keeps pytest out of this folder if another project contains it, as a submodule for example."""

from pathlib import Path

import pytest

_ROOT = Path(__file__).parent


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Return True, "ignore", unless the folder that pytest takes for its root is in this project."""
    return None if config.rootpath.is_relative_to(_ROOT) else True

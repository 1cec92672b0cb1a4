"""Fixtures for all tests."""

from collections.abc import Iterator

import pytest
from support.mock import Mock


@pytest.fixture
def mock() -> Iterator[Mock]:
    """A mock with the ready-made accounts, in virtual time."""
    served = Mock()
    yield served
    served.close()

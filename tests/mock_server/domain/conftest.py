"""Fixtures for the tests of the rules."""

import pytest

from support.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Sandbox:
    """Return a world with 10 credits, a daily limit of 20, and the default behaviour."""
    return Sandbox()

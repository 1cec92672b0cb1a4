"""A world to try the rules on."""

import pytest

from support.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Sandbox:
    """A world with 10 credits, a daily limit of 20, and the default behaviour."""
    return Sandbox()

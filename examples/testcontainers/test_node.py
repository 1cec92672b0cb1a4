"""The container in JavaScript: its configuration, and its tests where there is a container engine."""

from pathlib import Path

import pytest

from examples.testcontainers.test_container import missing
from support import node

pytestmark = pytest.mark.delivery

HERE = Path(__file__).parent / "node"


def run_tests(name: str) -> int:
    """Run one file of tests, and return the number that passed."""
    node.packages(HERE)
    return node.passed(node.run(node.node(20, 19), "--test", name, cwd=HERE))


def test_the_container_waits_for_its_health_check_and_has_a_control_api() -> None:
    assert run_tests("configuration.test.mjs") == 1


@pytest.mark.skipif(bool(missing()), reason=f"a container engine with the image is needed ({missing()})")
def test_its_tests_pass() -> None:
    assert run_tests("container.test.mjs") == 2

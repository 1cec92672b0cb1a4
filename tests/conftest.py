"""Fixtures for all tests."""

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from support.mock import Mock, Start
from support.server import Server

# The speed of the machine must not decide what passes; a failure prints how to repeat it.
settings.register_profile(
    "ci", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True, max_examples=100
)
settings.register_profile("quick", settings.get_profile("ci"), max_examples=25)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_xdist_auto_num_workers() -> int:
    """Return the number of cores plus one: tests wait for servers that they have started."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests that wait for a real server in real time first: others run meanwhile."""
    items.sort(key=lambda item: "test_conformance" not in item.nodeid)


def pytest_collection_finish() -> None:
    """Keep all that was collected out of each later garbage collection: pytest runs inside tests start many."""
    gc.collect()
    gc.freeze()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Collect the garbage of a module of slow tests, so that what it left open fails it and not a later one."""
    if item.get_closest_marker("slow") and (nextitem is None or nextitem.path != item.path):
        gc.collect()


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts a mock. It takes the arguments of Mock; the mock is closed after the test."""
    with ExitStack() as stack:

        def started(*args: Any, **kwargs: Any) -> Mock:
            return stack.enter_context(closing(Mock(*args, **kwargs)))

        yield started


@pytest.fixture
def mock(start: Start) -> Mock:
    """A mock with the ready-made accounts, in virtual time."""
    return start()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A mock in its own process, shared by the tests of one worker: each test uses its own token."""
    with Server("--generation-time", "1") as served:
        yield served

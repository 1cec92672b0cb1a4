"""Fixtures for tests in a browser: one browser and one mock for each test process.

The mock is busy during every test: another client sends it 200 requests a second.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from support.browser import Mocked, Watched, chromium, find_chromium
from support.load import load
from support.server import Server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.skip("Chromium not found: install it, or set AIIMAGE_CHROMIUM")
    with chromium(path) as started:
        yield started


@pytest.fixture(scope="package")
def shared() -> Iterator[Mocked]:
    """A mock whose generations take no time. Use a unique token."""
    with _busy() as mocked:
        yield mocked


@pytest.fixture
def own() -> Iterator[Mocked]:
    """A mock of this test alone."""
    with _busy() as mocked:
        yield mocked


@pytest.fixture
def token() -> str:
    """A token that no other test uses."""
    return f"team-{uuid4().hex[:12]}"


@pytest.fixture
def watched(browser: Browser, shared: Mocked) -> Iterator[Watched]:
    """Tabs that show the shared mock. The test fails if one of them reports a problem."""
    with closing(Watched(browser, shared)) as tabs:
        yield tabs
        assert tabs.problems == []


@pytest.fixture
def watched_own(browser: Browser, own: Mocked) -> Iterator[Watched]:
    """Tabs that show the test's own mock."""
    with closing(Watched(browser, own)) as tabs:
        yield tabs
        assert tabs.problems == []


@contextmanager
def _busy() -> Iterator[Mocked]:
    server = Server("--generation-time", "0")
    with server, closing(Mocked(server)) as mocked, load(server.origin, "other-client"):
        yield mocked

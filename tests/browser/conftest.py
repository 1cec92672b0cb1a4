"""Fixtures for tests in a browser: one browser and one mock for all that one process runs of them.

Whatever a test looks at, the mock is busy: somebody else sends it 200 requests a second.
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
        pytest.skip("there is no Chromium here: install one, or name it in AIIMAGE_CHROMIUM")
    with chromium(path) as started:
        yield started


@pytest.fixture(scope="package")
def shared() -> Iterator[Mocked]:
    """A mock whose generations take no time. Use a token of your own."""
    with _busy() as mocked:
        yield mocked


@pytest.fixture
def own() -> Iterator[Mocked]:
    """A mock that no other test knows."""
    with _busy() as mocked:
        yield mocked


@pytest.fixture
def token() -> str:
    """A token that no other test uses."""
    return f"team-{uuid4().hex[:12]}"


@pytest.fixture
def watched(browser: Browser, shared: Mocked) -> Iterator[Watched]:
    """Tabs that show the shared mock. The test fails where one of them complains."""
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
    with server, closing(Mocked(server)) as mocked, load(server.origin, "somebody-else"):
        yield mocked

"""The pytest fixture `aiimage_mock`: a mock for the session, and a world of its own for each test.

pytest imports this module in every run if the mock is installed, so the fixture does the slow imports.
"""

import argparse
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .testing import AiimageMock, MockServer


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("aiimage-mock")
    group.addoption(
        "--aiimage-mock-url", metavar="URL", type=_origin, help="use the mock at URL instead of starting one"
    )


@pytest.fixture(scope="session")
def aiimage_mock_server(request: pytest.FixtureRequest) -> Iterator["MockServer"]:
    """The mock of this session: a new one, or the one at --aiimage-mock-url."""
    from .client import Control
    from .testing import MockServer

    origin = request.config.getoption("--aiimage-mock-url")
    if origin:
        yield MockServer(Control(origin, os.environ.get("AIIMAGE_MOCK_ADMIN_TOKEN")), run=_run(request.config))
        return
    from .embedding import EmbeddedServer, default_settings

    with EmbeddedServer(default_settings()) as server:
        yield MockServer(Control(server.origin), server.app)


@pytest.fixture
def aiimage_mock(request: pytest.FixtureRequest, aiimage_mock_server: "MockServer") -> Iterator["AiimageMock"]:
    """A world of the mock for this test alone. Generations take no time unless `generation_time` is set."""
    mock = aiimage_mock_server.mock(request.node.nodeid)
    mock.begin()
    yield mock
    mock.end()


def _origin(url: str) -> str:
    """Return the URL of a mock without /api/v1; raise ArgumentTypeError."""
    if not url.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{url!r} is not a URL; example: http://127.0.0.1:8010")
    return url.rstrip("/").removesuffix("/api/v1")


def _run(config: pytest.Config) -> str:
    """Return a name that the xdist workers of this run share and no other run has, or --testrunuid."""
    from uuid import uuid4

    name = getattr(config, "workerinput", {}).get("testrunuid") or config.getoption("testrunuid", None)
    return str(name or uuid4())

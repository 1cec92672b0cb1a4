"""The pytest fixture `aiimage_mock`: a mock for the session, and a world of its own for each test.

pytest imports this in every run of everybody who has the mock installed, so what is heavy waits for the fixture.
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
    """The mock of this session: one of its own, or the one at --aiimage-mock-url."""
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
    """A world of the mock that no other test knows. Generations take no time unless asked for."""
    mock = aiimage_mock_server.mock(request.node.nodeid)
    mock.begin()
    yield mock
    mock.end()


def _origin(url: str) -> str:
    """Return where a mock is, without its /api/v1; raise ArgumentTypeError."""
    if not url.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{url!r} is no URL like http://127.0.0.1:8010")
    return url.rstrip("/").removesuffix("/api/v1")


def _run(config: pytest.Config) -> str:
    """Return a name of this run that its workers share, and no other run: xdist's --testrunuid where it is given."""
    from uuid import uuid4

    told = getattr(config, "workerinput", {}).get("testrunuid") or config.getoption("testrunuid", None)
    return str(told or uuid4())

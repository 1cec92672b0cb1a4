"""The pytest fixture `aiimage_mock`: a mock for the session, and a world of its own for each test."""

import hashlib
import itertools
import os
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from .client import Control, MockWorld

if TYPE_CHECKING:
    from .embedding import EmbeddedServer

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


class AiimageMock(MockWorld):
    """This test's own world, and what makes more of them."""

    def __init__(self, control: Control, token: str, app: Asgi | None) -> None:
        super().__init__(control, token)
        self._app = app
        self._numbers = itertools.count(2)
        self._worlds: list[MockWorld] = [self]
        self.begin()

    @property
    def app(self) -> Asgi:
        """The mock as an ASGI application, for clients in this process."""
        if self._app is None:
            raise RuntimeError("a mock that runs elsewhere, at --aiimage-mock-url, has no app: use base_url")
        return self._app

    def world(self, **state: object) -> MockWorld:
        """Return another world: credits, daily_limit, used_today, generation_time and lock as given."""
        world = MockWorld(self._control, f"{self.token}-{next(self._numbers)}")
        world.begin(**state)
        self._worlds.append(world)
        return world

    def end_all(self) -> None:
        """Let go of this world and of all that it made."""
        for world in self._worlds:
            world.end()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("aiimage-mock")
    group.addoption("--aiimage-mock-url", metavar="URL", help="use the mock at URL instead of starting one")


@pytest.fixture(scope="session")
def aiimage_mock_server(request: pytest.FixtureRequest) -> Iterator["EmbeddedServer | None"]:
    """The mock of this session, or None where one that runs elsewhere is used."""
    if request.config.getoption("--aiimage-mock-url"):
        yield None
        return
    from .embedding import EmbeddedServer, default_settings

    with EmbeddedServer(default_settings()) as server:
        yield server


@pytest.fixture
def aiimage_mock(request: pytest.FixtureRequest, aiimage_mock_server: "EmbeddedServer | None") -> Iterator[AiimageMock]:
    """A world of the mock that no other test knows. Generations take no time unless asked for."""
    name = hashlib.blake2b(request.node.nodeid.encode(), digest_size=6).hexdigest()
    if aiimage_mock_server is not None:
        mock = AiimageMock(Control(aiimage_mock_server.origin), f"test-{name}", aiimage_mock_server.app)
    else:
        url = str(request.config.getoption("--aiimage-mock-url")).rstrip("/").removesuffix("/api/v1")
        control = Control(url, os.environ.get("AIIMAGE_MOCK_ADMIN_TOKEN"))
        mock = AiimageMock(control, f"test-{name}-{uuid4().hex[:8]}", None)
    try:
        yield mock
    finally:
        mock.end_all()

"""The pytest fixture `aiimage_mock`: a mock for the session, and a world of its own for each test.

pytest imports this module in every run if the mock is installed, so the fixture does the slow imports.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .client import Control
    from .testing import AiimageMock, MockServer


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("aiimage-mock")
    group.addoption(
        "--aiimage-mock-url", metavar="URL", type=_origin, help="use the mock at URL instead of starting one"
    )
    group.addoption(
        "--aiimage-mock-behaviour", metavar="NAME|FILE", type=Path, help="start the mock with this behaviour or profile"
    )
    group.addoption(
        "--aiimage-readings",
        nargs="?",
        const="pairwise",
        metavar="each|pairwise|full",
        type=_one_of("each", "pairwise", "full"),
        help="run each test that uses the mock again under other readings of the documentation (pairwise)",
    )
    group.addoption(
        "--aiimage-readings-limit", metavar="N", type=int, default=250, help="the most readings of the mode full (250)"
    )
    group.addoption(
        "--aiimage-readings-strict", action="store_true", help="fail if a reading changes the outcome of a test"
    )
    group.addoption(
        "--aiimage-disasters",
        nargs="?",
        const="single",
        metavar="single|pairs",
        type=_one_of("single", "pairs"),
        help="run each test that uses the mock again with every failure at every point of its requests (single)",
    )
    group.addoption(
        "--aiimage-disaster", metavar="REQUEST.POINT", help="run each test that uses the mock again with this failure"
    )
    group.addoption("--aiimage-disasters-strict", action="store_true", help="fail if a disaster is found")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "aiimage_reading(setting, ...): run the test under this reading only")
    strict = config.getoption("--aiimage-readings-strict")
    if readings := config.getoption("--aiimage-readings") or ("pairwise" if strict else ""):
        from .proving.readings_plugin import readings_plugin

        readings_plugin(config, readings, strict)
    disasters, only, strict = (config.getoption(f"--aiimage-disaster{end}") for end in ("s", "", "s-strict"))
    if disasters or only or strict:
        from .proving.disasters_plugin import disasters_plugin

        if readings:
            raise pytest.UsageError("run --aiimage-readings and --aiimage-disasters one after the other")
        disasters_plugin(config, disasters or "single", only, strict)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if any(item.get_closest_marker("aiimage_reading") for item in items):
        from .proving.readings_plugin import readings_plugin

        readings_plugin(config).read_markers(items)


@pytest.fixture(scope="session")
def aiimage_mock_server(request: pytest.FixtureRequest) -> Iterator["MockServer"]:
    """The mock of this session: a new one, or the one at --aiimage-mock-url."""
    from .testing import MockServer

    origin, behaviour = map(request.config.getoption, ("--aiimage-mock-url", "--aiimage-mock-behaviour"))
    if origin:
        if behaviour:
            pytest.fail("--aiimage-mock-behaviour: the mock at --aiimage-mock-url has its own behaviour", pytrace=False)
        yield MockServer(_control(origin), run=_run(request.config))
        return
    from .client import Control
    from .configuration import ConfigurationError
    from .embedding import EmbeddedServer, default_settings

    try:
        settings = default_settings(behaviour)
    except ConfigurationError as error:
        pytest.fail(f"--aiimage-mock-behaviour: {error}", pytrace=False)
    plugins = map(request.config.pluginmanager.get_plugin, ("aiimage-disasters", "aiimage-readings"))
    proving = next(filter(None, plugins), None)
    with proving.server() if proving else EmbeddedServer(settings) as server:
        yield MockServer(Control(server.origin), server.app)


def _control(origin: str) -> "Control":
    """Return the control API of the mock at --aiimage-mock-url; if it cannot be used, fail with the reason."""
    from .attaching import attach
    from .client import ControlError

    try:
        return attach(origin, *map(os.environ.get, ("AIIMAGE_MOCK_ADMIN_TOKEN", "AIIMAGE_MOCK_INSTANCE")))
    except ControlError as error:
        pytest.fail(f"--aiimage-mock-url: {error}", pytrace=False)


def _aiimage_mock(request: pytest.FixtureRequest, aiimage_mock_server: "MockServer") -> Iterator["AiimageMock"]:
    """A world of the mock for this test alone. Generations take no time unless `generation_time` is set.

    class_aiimage_mock, module_aiimage_mock and session_aiimage_mock: for all tests of a class, a module or the session.
    """
    mock = aiimage_mock_server.mock(_name(request))
    mock.begin()
    yield mock
    mock.end()


aiimage_mock = pytest.fixture(_aiimage_mock, name="aiimage_mock")
class_aiimage_mock = pytest.fixture(_aiimage_mock, scope="class", name="class_aiimage_mock")
module_aiimage_mock = pytest.fixture(_aiimage_mock, scope="module", name="module_aiimage_mock")
session_aiimage_mock = pytest.fixture(_aiimage_mock, scope="session", name="session_aiimage_mock")


def _name(request: pytest.FixtureRequest) -> str:
    """Return a name for a world that no other test, class, module or session uses."""
    if request.scope == "function":
        return str(request.node.nodeid)
    # xdist may run tests of one module in several workers, each with a world of its own.
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    return f"{request.scope} {request.node.nodeid} {worker}"


def _one_of(*modes: str) -> Callable[[str], str]:
    """Return the type of an option that takes one of these, or nothing."""

    def mode(text: str) -> str:
        if text not in modes:
            raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(modes)}; put paths before the option")
        return text

    return mode


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

"""pytest --aiimage-readings: each test that uses the mock, again under other readings of the documentation."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from mock_server.app import rules
from mock_server.client import Control, ControlError
from mock_server.configuration import ConfigurationError
from mock_server.embedding import default_settings

from .days_of_state import moved_to_day_of
from .exploring import UnrepeatableError, described, explore, finding, tried
from .outcome import Outcome
from .proof_plugin import proof_plugin
from .readings import Reading, Space, parse_reading
from .rerun_plugin import Run, rerun_plugin
from .servers import ReadingServer

NAME, MARKER = "aiimage-readings", "aiimage_reading"
_WIDE = {f"{scope}_aiimage_mock" for scope in ("class", "module", "package", "session")}


class ReadingsPlugin:
    """Serves the mock of a session by one reading after another. mode: "" to run only what tests are marked with."""

    def __init__(self, config: pytest.Config, mode: str) -> None:
        if config.getoption("--aiimage-mock-url"):
            raise pytest.UsageError("readings need a mock of their own: omit --aiimage-mock-url")
        try:
            self._settings = default_settings(config.getoption("--aiimage-mock-behaviour"))
        except ConfigurationError as error:
            raise pytest.UsageError(f"--aiimage-mock-behaviour: {error}") from error
        profile = self._settings.profile
        self._space = Space(rules(), self._settings.behaviour, profile.evidence if profile else ())
        self._plan = self._space.plan(mode, config.getoption("--aiimage-readings-limit")) if mode else None
        self._proof = proof_plugin(config)
        self._server: ReadingServer | None = None
        self._calls = 0
        self._marked: dict[str, Mapping[str, Any]] = {}
        self._wide = self._ready = False
        self._snapshot: object = None

    def server(self) -> ReadingServer:
        """Return the server of this session, which is not entered yet."""
        self._server = ReadingServer(self._settings)
        return self._server

    def pytest_report_header(self) -> str | None:
        return f"aiimage-readings: {described(self._plan)}" if self._plan else None

    def pytest_sessionstart(self) -> None:
        if self._plan:
            self._proof.proof.add({"tried": {"readings": tried(self._plan)}})

    def read_markers(self, items: list[pytest.Item]) -> None:
        """Read the settings that tests are marked with; raise UsageError."""
        for item in items:
            texts = [text for marker in item.iter_markers(MARKER) for text in marker.args]
            try:
                if texts:
                    self._marked[item.nodeid] = parse_reading(map(str, texts), rules())
            except ValueError as error:
                raise pytest.UsageError(f"{item.nodeid}: {MARKER}: {error}") from error

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if not rerun_plugin(item.config).rerunning:
            self._ready, self._snapshot = False, None
            self._calls = self._server.calls if self._server else 0
            self._behave_by_default()

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest) -> None:
        if fixturedef.scope == "function":
            self._begin(request.node)
        elif fixturedef.argname in _WIDE:
            self._wide = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> None:
        self._begin(item)

    def explore(self, item: pytest.Item, run: Run) -> None:
        """Run a test that passed under other readings, and publish what changes it."""
        if not self._plan or not self._used(item):
            return
        found: list[dict[str, Any]] = []
        counted: dict[str, Any] = {"tests": 1, "runs": 0}

        def run_under(reading: Reading) -> Outcome:
            counted["runs"] += 1
            return self._run_under(self._space.values(reading), run)

        try:
            changes = explore(run_under, self._plan)
            found.extend(finding(self._space, item.nodeid, item.name, change) for change in changes)
        except UnrepeatableError as error:
            found.clear()
            counted["not_run"] = {item.nodeid: str(error)}
        finally:
            self._behave_by_default()
            self._proof.publish(item.nodeid, {"readings": found, "tried": {"readings": counted}})

    def witness(self, item: pytest.Item, outcome: Outcome) -> None:
        """Publish that a test was not run under readings, since it does not pass under the defaults."""
        if self._used(item):
            why = {item.nodeid: f"it does not pass under the defaults ({outcome.name})"}
            self._proof.publish(item.nodeid, {"tried": {"readings": {"not_run": why}}})

    def _used(self, item: pytest.Item) -> bool:
        """Return whether a test used the mock, and is not marked with a reading of its own."""
        return self._server is not None and self._server.calls > self._calls and item.nodeid not in self._marked

    def _behave_by_default(self) -> None:
        if self._server:
            self._server.use_default()

    def _begin(self, item: pytest.Item) -> None:
        """Keep the state of wider fixtures before those of the test itself, and select the reading that it names."""
        if self._server is None or self._ready or rerun_plugin(item.config).rerunning:
            return
        self._ready = True
        if self._wide:
            self._snapshot = Control(self._server.origin).call("GET", "/snapshot")
            self._calls += 1  # this one, which is none of the test
        if item.nodeid in self._marked:
            self._use(self._marked[item.nodeid])

    def _run_under(self, values: Mapping[str, Any], run: Run) -> Outcome:
        try:
            self._use(values)
        except ControlError:  # a state that is none under this reading, such as a generation of more images
            return Outcome("passed")
        return run()

    def _use(self, values: Mapping[str, Any]) -> None:
        """Behave by a reading, in the state before the test."""
        assert self._server is not None
        self._server.use(values)
        if self._snapshot is not None:
            old = self._settings.behaviour
            state = moved_to_day_of(self._snapshot, old, msgspec.structs.replace(old, **values))
            Control(self._server.origin).call("PUT", "/snapshot", state)


def readings_plugin(config: pytest.Config, mode: str = "", strict: bool = False) -> ReadingsPlugin:
    """Return the plugin of this run, which is made by the first call."""
    plugin = config.pluginmanager.get_plugin(NAME)
    if plugin is None:
        plugin = ReadingsPlugin(config, mode)
        config.pluginmanager.register(plugin, NAME)
        if mode:
            rerun_plugin(config).explorers.append(plugin.explore)
            rerun_plugin(config).witnesses.append(plugin.witness)
        if strict:
            proof_plugin(config).strict.add("readings")
    assert isinstance(plugin, ReadingsPlugin)
    return plugin

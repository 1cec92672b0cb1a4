"""pytest --aiimage-disasters: each test that uses the mock, again with every failure at every point of its requests."""

import shlex
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from mock_server.configuration import ConfigurationError
from mock_server.embedding import default_settings
from mock_server.testing import AiimageMock

from .campaign import Campaign
from .disasters import observed, proof_part
from .judging import credits_of
from .observed import Run
from .patches import install
from .points import Schedule, ScheduleError, parse_schedule, show_schedule
from .proof_plugin import proof_plugin
from .rerun_plugin import Run as Again
from .rerun_plugin import rerun_plugin
from .timeline import timeline
from .virtual_server import VirtualServer
from .watchdog import MAX_EXTENSIONS, REAL_SECONDS

NAME = "aiimage-disasters"


class DisastersPlugin:
    """Serves the mock of a session in virtual time. mode: "single" or "pairs"; only: the one schedule to run."""

    def __init__(self, config: pytest.Config, mode: Any, only: str | None) -> None:
        if config.getoption("--aiimage-mock-url"):
            raise pytest.UsageError("disasters need a mock of their own: omit --aiimage-mock-url")
        try:
            settings = default_settings(config.getoption("--aiimage-mock-behaviour"))
            self._only = None if only is None else parse_schedule(only)
        except (ConfigurationError, ScheduleError) as error:
            raise pytest.UsageError(f"{NAME}: {error}") from error
        self._mode = mode
        self._virtual = VirtualServer(settings)
        self._proof = proof_plugin(config)
        self._reporter = config.pluginmanager.get_plugin("terminalreporter")
        self._schedule: Schedule = ()
        self._run: Run | None = None
        self._recordings: dict[str, Run] = {}
        # Before test modules are imported, so that their references are to what is patched.
        install()

    @contextmanager
    def server(self) -> Iterator[Any]:
        """Serve the mock of this session."""
        with self._virtual.served() as server:
            yield server.embedded

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if item.get_closest_marker("aiimage_reading"):
                item.add_marker(pytest.mark.skip(reason="a test of one reading has no disasters"))

    def pytest_sessionstart(self) -> None:
        tried = {"mode": str(self._mode), "tests": 0, "runs": 0}
        self._proof.proof.add({"tried": {"disasters": tried}})

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        if not _uses_mock(item):
            return (yield)
        rerunning = rerun_plugin(item.config).rerunning
        with observed(self._virtual, self._schedule if rerunning else ()) as observation, observation.client():
            observation.value = True
            yield
            observation.problem = _kept_by_unittest(item)
        self._run = observation.run
        if not rerunning:
            self._recordings[item.nodeid] = observation.run
        if observation.problem is not None:
            raise observation.problem
        return None

    def explore(self, item: pytest.Item, again: Again) -> None:
        """Run a test that passed with every failure, and publish what was found."""
        recording = self._recordings.pop(item.nodeid, None)
        if recording is None or not recording.requests:
            return
        campaign = Campaign(recording)
        try:
            campaign.prove(lambda schedule: self._again(schedule, again), self._mode, self._only)
        finally:
            self._publish(item, campaign)
            if self._reporter and self._reporter.verbosity > 0:
                self._reporter.write(f" {campaign.tried} runs, {len(campaign.found)} findings ")
        mock = _mock_of(item)
        if mock and mock.cost_limit is not None and campaign.worst > mock.cost_limit:
            text = f"the worst run costs {credits_of(campaign.worst)}, more than {mock.cost_limit}"
            pytest.fail(f"{text}\n{timeline(campaign.worst_run)}", pytrace=False)

    def _again(self, schedule: Schedule, again: Again) -> Run:
        self._schedule, self._run = schedule, None
        outcome = again()
        return self._run or Run("failure", outcome.message, (), ())

    def _publish(self, item: pytest.Item, campaign: Campaign) -> None:
        part = proof_part(campaign, item.nodeid, lambda schedule: _command(item, schedule))
        self._proof.publish(item.nodeid, part)


def _command(item: pytest.Item, schedule: Schedule) -> str:
    return f"run just that: pytest {shlex.quote(item.nodeid)} --aiimage-disaster={show_schedule(schedule)}"


def _kept_by_unittest(item: pytest.Item) -> BaseException | None:
    """Return what a test of unittest raised, None for nothing: it keeps that for its report."""
    kept = getattr(item, "_excinfo", None)
    return kept[0].value if kept else None


def _uses_mock(item: pytest.Item) -> bool:
    return any(name == "aiimage_mock_server" for name in getattr(item, "fixturenames", ()))


def _mock_of(item: pytest.Item) -> AiimageMock | None:
    values = getattr(item, "funcargs", None) or {}
    return next((each for each in values.values() if isinstance(each, AiimageMock)), None)


def disasters_plugin(config: pytest.Config, mode: str, only: str | None, strict: bool) -> None:
    """Register the plugin."""
    plugin = DisastersPlugin(config, mode, only)
    config.pluginmanager.register(plugin, NAME)
    reruns = rerun_plugin(config)
    reruns.explorers.append(plugin.explore)
    reruns.least_seconds = (MAX_EXTENSIONS + 2) * REAL_SECONDS  # a client that hangs is interrupted sooner
    if strict:
        proof_plugin(config).strict.add("disasters")

"""Fixtures of the conformance tests, and the options for running them by plain `pytest contract_tests`."""

from collections.abc import Callable
from functools import partial

import pytest

from contract_tests.checks.world import World
from contract_tests.client.api import Api
from contract_tests.client.control import Control
from contract_tests.errors import UsageError
from contract_tests.report.terminal import summary_text
from contract_tests.runner.plugin import NAME, ConformancePlugin
from contract_tests.runner.run import Run
from contract_tests.runner.settings import add_pytest_options, settings_from_pytest
from contract_tests.runner.target import Target
from contract_tests.runner.verdict import Verdict


def pytest_addoption(parser: pytest.Parser) -> None:
    add_pytest_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    # `aiimage-conform` has registered its own before, with the settings of its command line.
    if not config.pluginmanager.has_plugin(NAME):
        config.pluginmanager.register(ConformancePlugin(_run(config)), NAME)


def _run(config: pytest.Config) -> Run:
    try:
        return Run(settings_from_pytest(config))
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    plugin = _plugin(config)
    if not config.option.collectonly:
        terminalreporter.write_line(summary_text(plugin.run))


def _plugin(config: pytest.Config) -> ConformancePlugin:
    plugin = config.pluginmanager.get_plugin(NAME)
    assert isinstance(plugin, ConformancePlugin)
    return plugin


@pytest.fixture
def run(pytestconfig: pytest.Config) -> Run:
    return _plugin(pytestconfig).run


@pytest.fixture
def target(run: Run) -> Target:
    return run.target


@pytest.fixture
def verdict(request: pytest.FixtureRequest, run: Run) -> Verdict:
    name = f"{request.node.path.name}::{request.node.name}"
    return Verdict(name, run.events, run.contract, run.settings.rules)


@pytest.fixture
def api(run: Run, verdict: Verdict) -> Callable[[str], Api]:
    """Returns the API as a role of the target calls it."""

    def of(role: str) -> Api:
        if run.control:
            run.control.restore_day(run.accounts[role])
        return Api(run, verdict, run.accounts[role])

    return of


@pytest.fixture
def primary(api: Callable[[str], Api]) -> Api:
    return api("primary")


@pytest.fixture
def refused(api: Callable[[str], Api], target: Target) -> Api:
    """The account for requests that must be refused: one without credits, if the target has one."""
    return api("empty" if "empty" in target.charged else "primary")


@pytest.fixture
def world(run: Run, verdict: Verdict) -> Callable[..., World]:
    """Opens an account for this test, in the state that the arguments give; needs the control API."""
    assert run.control
    return partial(World, run, verdict, run.control)


@pytest.fixture
def control(run: Run) -> Control | None:
    return run.control

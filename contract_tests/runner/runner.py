"""Runs the tests of this package by pytest, whatever is configured where the caller stands."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract_tests.runner.events import Interrupted
from contract_tests.runner.outcome import Outcome, conclude
from contract_tests.runner.plan import Plan
from contract_tests.runner.plugin import NAME, ConformancePlugin
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings

_PACKAGE = Path(__file__).resolve().parents[1]
_PYTEST = ("-p", "no:cacheprovider", "-p", "no:terminal", "--capture=sys", "--disable-plugin-autoload")


def examine(run: Run) -> Outcome:
    """Examine the target of a run: its events go to their consumers, its reports are written."""
    try:
        _pytest(ConformancePlugin(run))
    except Exception as error:  # noqa: BLE001  a fault of the suite must not end like a violation
        run.events.emit(Interrupted(f"a fault of the suite: {type(error).__name__}: {error}"))
    return conclude(run.events.log)


def make_bill(settings: Settings) -> Plan:
    """The plan of a run, by collecting its tests; nothing is sent."""
    plugin = ConformancePlugin(Run(settings))
    _pytest(plugin, "--collect-only")
    return plugin.plan


def _pytest(plugin: ConformancePlugin, *arguments: str) -> None:
    where = [str(_PACKAGE), "-c", str(_PACKAGE / "pytest.ini"), "--rootdir", str(_PACKAGE)]
    with _no_pytest_variables():
        pytest.main([*where, *_PYTEST, *arguments], plugins=[_Named(plugin)])


class _Named:
    """Registers the plugin under its name, by which the fixtures find it."""

    def __init__(self, plugin: ConformancePlugin) -> None:
        self._plugin = plugin

    def pytest_addoption(self, parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:  # noqa: ARG002
        pluginmanager.register(self._plugin, NAME)


@contextmanager
def _no_pytest_variables() -> Iterator[None]:
    saved = {name: os.environ.pop(name) for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS") if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(saved)

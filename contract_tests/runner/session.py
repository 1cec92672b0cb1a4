"""One run by pytest: examine, show and report, also when it is interrupted."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

import pytest
from rich.console import Console

from contract_tests.report import files, github
from contract_tests.report.live import watching
from contract_tests.report.terminal import print_summary
from contract_tests.runner.baseline import baseline_text
from contract_tests.runner.events import Interrupted, ReportsWritten
from contract_tests.runner.outcome import Outcome, conclude
from contract_tests.runner.plan import Plan
from contract_tests.runner.plugin import NAME, ConformancePlugin
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings

_PACKAGE = Path(__file__).resolve().parents[1]
# pytest leaves no files, prints nothing, loads no other plugins, and captures only sys.stdout, which the console does
# not go through.
_PYTEST = ("-p", "no:cacheprovider", "-p", "no:terminal", "--capture=sys", "--disable-plugin-autoload")
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_STATUS = 3


class Session:
    """One call of `aiimage-conform run`. new_baseline: the file to write with all findings."""

    def __init__(self, run: Run, console: Console, new_baseline: Path | None = None) -> None:
        self._run, self._console, self._new_baseline = run, console, new_baseline
        self._display, self._quoting = ExitStack(), ExitStack()

    def examine(self) -> int:
        """Test the service; return the exit status."""
        self._quoting.enter_context(github.no_commands())
        self._display.enter_context(watching(self._console, self._run))
        return self._close(examine(self._run))

    def interrupt(self, signal: str) -> int:
        """End the run now, with all its reports; return the exit status."""
        self._run.events.emit(Interrupted(f"the run was interrupted ({signal})"))
        status = self._close(files.write_all(self._run))
        sys.stdout.flush()  # os._exit does not
        return status

    def _close(self, outcome: Outcome) -> int:
        self._display.close()
        if self._new_baseline:
            outcome = self._write_baseline(self._new_baseline, outcome)
        print_summary(self._console, self._run, outcome)
        # Annotations are commands, so they come after the quotation.
        self._quoting.close()
        github.announce(self._run, outcome)
        return outcome.exit_status(strict=self._run.settings.strict)

    def _write_baseline(self, path: Path, outcome: Outcome) -> Outcome:
        reason = files.save(path, lambda: self._run.masker(baseline_text(outcome.acceptances)))
        if reason is None:
            return outcome
        self._run.events.emit(ReportsWritten((*outcome.unwritten, reason)))
        return conclude(self._run.events.log)


def examine(run: Run) -> Outcome:
    """Run the tests against the target and write the reports; return the result."""
    try:
        _pytest(ConformancePlugin(run))
    except Exception as error:  # noqa: BLE001  a bug of the suite must not look like a violation
        run.events.emit(Interrupted(f"a fault of the suite: {type(error).__name__}: {error}"))
    # pytest does so itself, unless it failed before its tests.
    return conclude(run.events.log) if run.events.reported else files.write_all(run)


def estimate(settings: Settings) -> Plan:
    """Return the plan of a run by collecting its tests; sends nothing."""
    plugin = ConformancePlugin(Run(settings))
    _pytest(plugin, "--collect-only")
    return plugin.plan


def _pytest(plugin: ConformancePlugin, *arguments: str) -> None:
    # Only the configuration of this package counts, not that of the folder in which the command runs.
    where = [str(_PACKAGE), "-c", str(_PACKAGE / "pytest.ini"), "--rootdir", str(_PACKAGE)]
    with _no_pytest_variables():
        pytest.main([*where, *_PYTEST, *arguments], plugins=[_Named(plugin)])


class _Named:
    """Registers the plugin under the name by which the fixtures find it."""

    def __init__(self, plugin: ConformancePlugin) -> None:
        self._plugin = plugin

    def pytest_addoption(self, parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:  # noqa: ARG002
        # pytest.main gives plugins no names; this hook runs before conftest.py looks for the name.
        pluginmanager.register(self._plugin, NAME)


@contextmanager
def _no_pytest_variables() -> Iterator[None]:
    saved = {name: os.environ.pop(name) for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS") if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(saved)


@contextmanager
def interrupted_by_sigterm() -> Iterator[None]:
    """Within the context, SIGTERM raises KeyboardInterrupt, as SIGINT does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def ended_by_signals(finish: Callable[[str], int]) -> Iterator[None]:
    """Within the context, SIGINT and SIGTERM call `finish` with their name; its result is the exit status."""

    def end(number: int, _: FrameType | None) -> None:
        # A second Ctrl-C must not interrupt the reports.
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        status = _STATUS
        try:
            status = finish(signal.Signals(number).name)
        finally:
            # A normal exit would wait for threads, which may wait for a reply that never comes.
            os._exit(status)

    before = {each: signal.signal(each, end) for each in _SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)

"""Runs a test again after it passed, without reports: fixtures of the test are set up again, wider ones stay."""

import gc
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from .interrupts import kept_interrupts
from .outcome import Outcome

_PLUGIN = "aiimage-reruns"
_LEAST_SECONDS = 20.0  # a busy machine must not end a test
_TIMES_AS_LONG = 20
# A test that is ended may wait again while it cleans up.
_AGAIN_SECONDS = 1.0
_MAX_CHARACTERS = 160


Run = Callable[[], Outcome]
# Called after a test passed, with a function that runs it once more.
Explorer = Callable[[pytest.Item, Run], None]
# Called after a test did not pass, with its outcome.
Witness = Callable[[pytest.Item, Outcome], None]


class RerunPlugin:
    """Calls the explorers after each test that passed, before its teardown is reported."""

    def __init__(self) -> None:
        self.explorers: list[Explorer] = []
        self.witnesses: list[Witness] = []
        self.least_seconds = _LEAST_SECONDS
        self._reports: list[pytest.TestReport] = []
        self.rerunning = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if not self.rerunning:
            self._reports = [report] if call.when == "setup" else [*self._reports, report]
        return report

    # Outside the wrappers that capture output, each of which expects one teardown at a time.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        if not self.rerunning:
            outcome = _outcome(self._reports)
            if not outcome.passed:
                for witness in self.witnesses:
                    witness(item, outcome)
            elif self.explorers:
                try:
                    self._explore(item)
                finally:
                    yield
                return
        yield

    def _explore(self, item: pytest.Item) -> None:
        seconds = max(self.least_seconds, _TIMES_AS_LONG * sum(report.duration for report in self._reports))
        self.rerunning = True
        _free_failure()
        stash = dict(item.stash._storage)  # from which a teardown deletes what the next one needs
        try:
            # A collector in the place of the next test keeps its fixtures, and those around it.
            item.ihook.pytest_runtest_teardown(item=item, nextitem=item.parent)
            with kept_interrupts() as check:

                def again() -> Outcome:
                    outcome = _run(item, seconds)
                    check()
                    return outcome

                for explorer in self.explorers:
                    explorer(item, again)
        finally:
            item.stash._storage.update(stash)
            self.rerunning = False


def rerun_plugin(config: pytest.Config) -> RerunPlugin:
    """Return the plugin of this run, which its first user registers."""
    plugin = config.pluginmanager.get_plugin(_PLUGIN)
    if plugin is None:
        plugin = RerunPlugin()
        config.pluginmanager.register(plugin, _PLUGIN)
    assert isinstance(plugin, RerunPlugin)
    return plugin


def _run(item: Any, seconds: float) -> Outcome:
    """Run a test once more; end it if it takes longer."""
    # Both belong to the reports, and grow with each run.
    lengths = [(kept, len(kept)) for kept in (item._report_sections, item.user_properties)]
    request, values = item._request, item.funcargs
    try:
        with warnings.catch_warnings(record=True), _deadline(seconds):
            # An object that an earlier run left open says nothing about this one, whenever it is freed.
            warnings.simplefilter("ignore", pytest.PytestUnraisableExceptionWarning)
            item._initrequest()
            return _outcome(runtestprotocol(item, log=False, nextitem=item.parent))
    finally:
        item._request, item.funcargs = request, values
        for kept, length in lengths:
            del kept[length:]
        _free_failure()


def _free_failure() -> None:
    """Free the objects of a test that failed, so that a socket that it left open fails no later run."""
    if getattr(sys, "last_value", None) is None:
        return
    sys.last_type = sys.last_value = sys.last_traceback = None
    if hasattr(sys, "last_exc"):
        del sys.last_exc
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


def _outcome(reports: list[pytest.TestReport]) -> Outcome:
    for report in reports:
        if report.failed:
            return Outcome("failed" if report.when == "call" else "error", _message(report))
        if report.skipped:
            return Outcome("xfailed" if hasattr(report, "wasxfail") else "skipped")
    return Outcome("passed")


def _message(report: pytest.TestReport) -> str:
    """Return the first line of the message of the exception."""
    crash = getattr(report.longrepr, "reprcrash", None)
    line = str(crash.message if crash else report.longrepr).partition("\n")[0]
    return line if len(line) <= _MAX_CHARACTERS else f"{line[:_MAX_CHARACTERS]}…"


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Fail the test after a time, where signals can: a client under another reading may never end."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def overdue(*_: object) -> None:
        pytest.fail(f"it did not end within {seconds:.0f} s", pytrace=False)

    handler = signal.signal(signal.SIGALRM, overdue)
    others, _ = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, handler)
        # The limit of another plugin, as if no time had passed.
        signal.setitimer(signal.ITIMER_REAL, others)

"""The proof of a pytest run: findings travel with the reports of tests, also from the workers of xdist."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from .results import JSON_FILE, MARKDOWN_FILE, Json, Proof

_PLUGIN, _ATTRIBUTE = "aiimage-proof", "aiimage_proof"


class ProofPlugin:
    """Collects what the tests of a run found. strict: the kinds of findings that fail the run."""

    def __init__(self, folder: Path, is_worker: bool) -> None:
        self.proof = Proof()
        self.strict: set[str] = set()
        self._folder = folder
        self._is_worker = is_worker
        self._parts: dict[str, list[Json]] = {}

    def publish(self, test: str, part: Mapping[str, Any]) -> None:
        """Add a part of the results to the report of a test's teardown. Its values are those of JSON."""
        self._parts.setdefault(test, []).append(dict(part))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # First, so that xdist sends the report with its parts. There it arrives here once more.
        if report.when == "teardown" and report.nodeid in self._parts:
            setattr(report, _ATTRIBUTE, self._parts.pop(report.nodeid))
        for part in getattr(report, _ATTRIBUTE, []):
            self.proof.add(part)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        # Parts of a test that was interrupted have no report.
        for part in [part for parts in self._parts.values() for part in parts]:
            self.proof.add(part)
        if self._is_worker or not self.proof.tried:
            return
        self.proof.write(self._folder)
        if session.exitstatus == pytest.ExitCode.OK and any(map(self.proof.findings, self.strict)):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.proof.tried:
            terminalreporter.section("proof of the client")
            for line in self.proof.lines():
                terminalreporter.line(line)
            terminalreporter.line(f"written to {JSON_FILE} and {MARKDOWN_FILE}")


def proof_plugin(config: pytest.Config) -> ProofPlugin:
    """Return the proof of this run, which the first of its kinds begins."""
    plugin = config.pluginmanager.get_plugin(_PLUGIN)
    if plugin is None:
        plugin = ProofPlugin(config.invocation_params.dir, hasattr(config, "workerinput"))
        config.pluginmanager.register(plugin, _PLUGIN)
    assert isinstance(plugin, ProofPlugin)
    return plugin

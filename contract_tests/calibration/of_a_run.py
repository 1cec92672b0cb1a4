"""The profile of what a run of the suite saw on its way: `aiimage-conform run --write-behaviour FILE`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from contract_tests.calibration.measurement import Measurement
from contract_tests.calibration.profile import measured_values, profile_text
from contract_tests.oracle.facts import counted
from contract_tests.report.files import save
from contract_tests.runner.events import Event, Observed
from contract_tests.runner.run import Run

_STATUS = 3


class SuiteProfile:
    """Collects what the tests of a run state and what its exchanges show."""

    def __init__(self, path: Path, run: Run) -> None:
        self._path, self._measurement = path, Measurement(run)
        run.events.consumers.append(self._note)

    def finish(self, status: int) -> int:
        """Write the profile; return the exit status of the run, which a file that cannot be written makes 3."""
        measured = dict(measured_values(self._measurement))
        reason = save(self._path, lambda: profile_text(self._measurement, datetime.now(UTC), "run"))
        click.echo(f"{counted(len(measured), 'setting')} seen by at least two exchanges: {self._path}")
        if reason:
            click.echo(reason)
        return _STATUS if reason else status

    def _note(self, event: Event) -> None:
        if isinstance(event, Observed) and event.exchanges:
            last = max(event.exchanges, key=lambda exchange: exchange.received)
            self._measurement.evidence.add(event.question, event.outcome, last)

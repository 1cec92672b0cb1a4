"""The command `aiimage-conform calibrate`."""

import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from contract_tests.calibration.calibration import Calibration
from contract_tests.calibration.choice import Spent
from contract_tests.calibration.profile import measured_values, profile_text
from contract_tests.errors import PreflightError, TargetLostError
from contract_tests.oracle.facts import counted
from contract_tests.recordings import folder
from contract_tests.recordings.audited import AuditedRecording
from contract_tests.recordings.quoting import quoted
from contract_tests.report.files import save
from contract_tests.runner import options
from contract_tests.runner.confirmation import confirm
from contract_tests.runner.run import Run
from contract_tests.runner.session import ended_by_signals
from contract_tests.runner.settings import Settings, make_settings

_EPILOG = """\b
Exit status:
  0  the profile is written
  2  bad usage
  3  nothing was measured, or the service was lost; what was measured before is written

\b
Example:
  aiimage-conform calibrate --target fixtures/targets/mock.yaml --out profile.yaml --max-credits 10
"""
_STATUS = 3


@click.command(epilog=_EPILOG)
@options.SERVICE
@click.option(
    "--out", metavar="FILE", required=True, show_default="none: give one", help="The file for the profile, in YAML."
)
@options.max_credits(hint=" 10 and all roles measure nearly everything, 3 and one account much.")
@click.option(
    "--recording",
    metavar="DIR",
    show_default="none",
    help="Write each call with its reply to this new folder, without secrets; the profile refers to their numbers.",
)
@options.seed("stand-ins")
@options.YES
def calibrate(*, out: str, recording: str | None, yes: bool, **values: Any) -> None:
    """Measure what the documentation leaves open, and write it as a profile for the mock."""
    settings = make_settings(**values)
    path = options.file_to_write("--out", out)
    assert path
    where = Path(recording) if recording else None
    if where:
        folder.check(where, "--recording")
    run = Run(settings)
    calibration = Calibration(run, show=click.echo)
    _print_estimate(settings, calibration)
    confirm(run.target, settings.cap, yes=yes)
    if where:
        folder.prepare(where, "--recording")
    sys.exit(_Session(calibration, path, where).calibrate())


def _print_estimate(settings: Settings, calibration: Calibration) -> None:
    known = calibration.experiments
    free = [each for each in known if not each.cost.worst(Spent())]
    click.echo(f"Seed {settings.seed}")
    click.echo(
        f"{counted(len(known), 'experiment')}, {len(free)} of them free; as many of the others as "
        f"{counted(settings.cap, 'credit')} allow, and never more."
    )


@dataclass
class _Session:
    """One call of the command. folder: for a recording, None without one."""

    calibration: Calibration
    path: Path
    folder: Path | None
    _recording: AuditedRecording | None = field(default=None, init=False)

    def calibrate(self) -> int:
        """Measure and write the profile; return the exit status."""
        run, stopped = self.calibration.run, None
        if self.folder:
            self._recording = AuditedRecording(self.folder, run)
            self._recording.start()
        with ended_by_signals(lambda signal: self._end(f"interrupted ({signal})")):
            try:
                run.preflight()
                self.calibration.measure()
            except (PreflightError, TargetLostError) as error:
                stopped = quoted(str(error), self.calibration.sanitiser)
            return self._end(stopped or self.calibration.stopped)

    def _end(self, stopped: str | None) -> int:
        """Write all that was measured; return the exit status."""
        run = self.calibration.run
        if self._recording:
            stopped = self._recording.finish(stopped) or stopped
        measured = dict(measured_values(self.calibration))
        failed = save(self.path, lambda: profile_text(self.calibration, datetime.now(UTC))) if measured else None
        spent = f"{counted(run.budget.spent, 'credit')} spent at most"
        click.echo(f"{counted(len(measured), 'setting')} measured, {spent}" + (f": {self.path}" if measured else ""))
        for reason in filter(None, (stopped, failed)):
            click.echo(run.masker(f"Stopped: {reason}"))
        return _STATUS if stopped or failed or not measured else 0

"""The recording of a run of the suite: `aiimage-conform run --record DIR`."""

from collections.abc import Callable
from pathlib import Path

import click

from contract_tests.oracle.facts import counted
from contract_tests.recordings import folder
from contract_tests.recordings.audited import AuditedRecording
from contract_tests.runner.events import Event, Interrupted, PreflightFailed, TestEnded, TestStarted
from contract_tests.runner.plan import in_words
from contract_tests.runner.run import Run

_STATUS = 3
_FIRST = "the first replies"


class SuiteRecording:
    """Records every call of a run; the purpose of each is its test."""

    def __init__(self, where: Path, run: Run) -> None:
        folder.check(where, "--record")
        folder.prepare(where, "--record")
        self._recording = AuditedRecording(where, run)
        self._stopped: str | None = None
        self._recording.recorder.purpose = _FIRST
        run.events.consumers.append(self._note)
        self._recording.start()

    def finish(self, status: int) -> int:
        """End the recording; return the exit status of the run, which an incomplete recording makes 3."""
        reason = self._recording.finish(self._stopped)
        click.echo(f"{counted(self._recording.recorder.count, 'exchange')} recorded.")
        if reason:
            click.echo(f"The recording is partial: {reason.removesuffix('.')}.")
        return _STATUS if reason else status

    def interrupting(self, finish: Callable[[str], int]) -> Callable[[str], int]:
        """Return what ends the run and its recording."""

        def end(signal: str) -> int:
            # The reports of the run first, since they cost what was spent.
            return self.finish(finish(signal))

        return end

    def _note(self, event: Event) -> None:
        match event:
            case TestStarted(test):
                self._recording.recorder.purpose = in_words(test)
            case TestEnded():
                self._recording.recorder.purpose = ""
            case Interrupted(reason) | PreflightFailed(reason):
                self._stopped = self._recording.recorder.sanitiser.text(reason)

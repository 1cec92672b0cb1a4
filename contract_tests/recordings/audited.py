"""A recording of a run from its start to its end, and the audit of its files and of what was printed."""

from collections.abc import Callable
from pathlib import Path

import click

from contract_tests.client.transport import Sent
from contract_tests.recordings.auditor import Auditor
from contract_tests.recordings.recorder import Recorder
from contract_tests.runner.run import Run


class AuditedRecording:
    """Records a run. say: prints a line, unless it contains what must not be printed."""

    def __init__(self, folder: Path, run: Run, echo: Callable[[str], None] = click.echo) -> None:
        self._folder, self._run, self._echo = folder, run, echo
        self._auditor = Auditor(secret.reveal() for secret in run.target.secrets)
        self._said: list[str] = []
        self._fault: str | None = None
        self.recorder = Recorder(folder, run)

    def start(self) -> None:
        # Before the recorder, so that no file is older than what the auditor knows.
        self._run.transport.listeners.append(self._observe)
        self.recorder.start()

    def _observe(self, sent: Sent) -> None:
        try:
            self._auditor.observe(sent)
        except Exception as error:  # noqa: BLE001  it must not end the run, and nothing of the reply may show
            self._fault = f"a reply could not be audited: {type(error).__name__}"

    def say(self, line: str) -> None:
        """Print a line."""
        self._said.append(line)
        found = any(self._auditor.lines([line], self.recorder.sanitiser.stand_ins.all))
        self._echo("(this line contained what may not be printed)" if found else line)

    def finish(self, stopped: str | None) -> str | None:
        """End the recording, and audit it; return why it is not whole. Files with a finding are removed."""
        self.recorder.finish(stopped)
        reason = self.recorder.failure or self._fault or stopped
        stand_ins = self.recorder.sanitiser.stand_ins.all
        for path, finding in dict(self._auditor.files(self._folder, stand_ins)).items():
            name = path.relative_to(self._folder)
            reason = f"{name} contained {finding.what} at {finding.where}, so it was removed"
            self.recorder.withdraw(path, reason)
        if not self._fault:
            self.recorder.seal()
        for finding in self._auditor.lines(self._said, stand_ins):
            reason = f"the output contained {finding.what} in {finding.where}"
        return reason

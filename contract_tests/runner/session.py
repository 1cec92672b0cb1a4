"""One call of `aiimage-conform run`: examine, show, report, and the exit status; also when it is cut short."""

import sys
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from contract_tests.report import files, github
from contract_tests.report.live import watching
from contract_tests.report.terminal import print_summary
from contract_tests.runner.baseline import baseline_text
from contract_tests.runner.events import Interrupted
from contract_tests.runner.outcome import Outcome, conclude
from contract_tests.runner.run import Run
from contract_tests.runner.runner import examine


class Session:
    """`new_baseline` is the file that is to accept all that is found."""

    def __init__(self, run: Run, console: Console, new_baseline: Path | None = None) -> None:
        self._run, self._console, self._new_baseline = run, console, new_baseline
        self._display, self._quoting = ExitStack(), ExitStack()

    def examine(self) -> int:
        """Examine the service; return the exit status."""
        self._quoting.enter_context(github.no_commands())
        self._display.enter_context(watching(self._console, self._run))
        return self._close(examine(self._run))

    def interrupt(self, signal: str) -> int:
        """End the run where it is, with all its reports; return the exit status."""
        self._run.events.emit(Interrupted(f"the run was interrupted ({signal})"))
        outcome = conclude(self._run.events.log)
        files.write_all(self._run, outcome)
        status = self._close(outcome)
        sys.stdout.flush()
        return status

    def _close(self, outcome: Outcome) -> int:
        self._display.close()
        print_summary(self._console, self._run, outcome)
        self._quoting.close()
        github.announce(self._run, outcome)
        if self._new_baseline:
            self._new_baseline.write_text(self._run.masker(baseline_text(outcome.acceptances)), encoding="utf-8")
        return outcome.exit_status(strict=self._run.settings.strict)

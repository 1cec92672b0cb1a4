"""The commands `aiimage-conform replay` and `aiimage-conform drift`."""

import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from contract_tests.client.budget import Budget
from contract_tests.comparison.accepted import AcceptedDifferences, accepted_text, load_accepted
from contract_tests.comparison.comparison import Comparison
from contract_tests.comparison.outcome import Outcome
from contract_tests.comparison.playing import drift as ask_again
from contract_tests.comparison.playing import replay as play
from contract_tests.comparison.reports import print_comparison, write_reports
from contract_tests.comparison.selection import Selection, select
from contract_tests.errors import PreflightError, UsageError
from contract_tests.oracle.facts import counted
from contract_tests.recordings.model import Recording
from contract_tests.recordings.usable import open_recording
from contract_tests.report.files import save
from contract_tests.report.terminal import make_console
from contract_tests.runner import options
from contract_tests.runner.confirmation import confirm
from contract_tests.runner.session import interrupted_by_sigterm
from contract_tests.runner.target import Target, load_target

_STATUSES = """\b
Exit status:
  0  nothing differs from the recording
  1  a difference that no baseline accepts, or an accepted one that no longer occurs
  2  bad usage
  3  nothing was compared, it ended early, or a report cannot be written

\b
Diagnoses:
  mock_wrong          the mock answers otherwise than the service did; `Setting` makes it right, if there is one
  document_wrong      the service contradicts the document
  service_changed     the service answers otherwise than it did
  recording_unusable  an account in another state, an invalid token, a call without a reply, other uploads
  inconclusive        a rate limit, a gateway, another client's lock, a moment missed
"""
_NOTHING = 3

_OF_BOTH = options.together(
    click.argument("recording", metavar="DIR"),
    click.option("--target", metavar="FILE", required=True, show_default="none: give one", help=options.TARGET_HELP),
    click.option("--report", metavar="DIR", show_default="none", help="The folder for the reports."),
    click.option(
        "--baseline",
        metavar="FILE",
        show_default="none",
        help="Accepted differences: they are reported and do not fail the command.",
    ),
    click.option(
        "--write-baseline",
        metavar="FILE",
        show_default="none",
        help="Write all differences to this file, for --baseline.",
    ),
)


@click.command(
    epilog=f"{_STATUSES}\n\b\nExample:\n  aiimage-conform replay recording --target fixtures/targets/mock.yaml\n"
)
@_OF_BOTH
def replay(recording: str, target: str, **files: Any) -> None:
    """Compare a mock with a recording, in virtual time. It needs no network and no secret, and spends nothing."""
    request = _Request("replay", recording, target, files)
    mock = request.load_target()
    if mock.control != "mock":
        raise UsageError(f"{target}: replay needs a mock: set control: mock. drift compares a service.")
    content = request.load_recording(mock)
    sys.exit(request.conclude(lambda: play(content, mock)))


@click.command(
    epilog=f"{_STATUSES}\n\b\nExample:\n  aiimage-conform drift recording --target target.yaml --max-credits 3\n"
)
@_OF_BOTH
@options.max_credits()
@options.YES
def drift(recording: str, target: str, max_credits: int | None, *, yes: bool, **files: Any) -> None:
    """Compare the service with a recording of it, within a budget."""
    request = _Request("drift", recording, target, files, {"--max-credits": max_credits})
    service = request.load_target()
    content = request.load_recording(service)
    cap = service.budget.credits if max_credits is None else min(max_credits, service.budget.credits)
    chosen = select(content.exchanges, cap)
    _print_plan(chosen, len(content.exchanges), cap)
    confirm(service, min(chosen.cost, cap), yes=yes)
    budget = Budget(cap, service.budget.images)
    with interrupted_by_sigterm():
        sys.exit(request.conclude(lambda: ask_again(content, service, chosen, budget), budget))


def _print_plan(chosen: Selection, exchanges: int, cap: int) -> None:
    usual, worst = counted(chosen.usual_cost, "credit"), counted(chosen.cost, "credit")
    number = f"{len(chosen.chosen)} of {counted(exchanges, 'exchange')}"
    click.echo(f"{number}: {usual} if nothing has changed, {worst} at worst; never more than {counted(cap, 'credit')}.")


class _Request:
    """One command with its files."""

    def __init__(
        self,
        command: str,
        recording: str,
        target: str,
        files: dict[str, str | None],
        others: dict[str, Any] | None = None,
    ) -> None:
        self._recording, self._target, self._files = Path(recording), Path(target), files
        given = {"--target": target, **(others or {}), "--baseline": files["baseline"]}
        parts = [part for flag, value in given.items() if value is not None for part in (flag, str(value))]
        self._command = shlex.join(["aiimage-conform", command, recording, *parts])
        self._baseline = load_accepted(Path(files["baseline"])) if files["baseline"] else AcceptedDifferences()
        # Before credits are spent, find out whether the results can be written.
        self._report = options.folder_to_fill("--report", Path(files["report"]) if files["report"] else None)
        self._write = options.file_to_write("--write-baseline", files["write_baseline"])

    def load_target(self) -> Target:
        return load_target(self._target)

    def load_recording(self, target: Target) -> Recording:
        return open_recording(self._recording, [secret.reveal() for secret in target.secrets])

    def conclude(self, ask: Callable[[], Outcome], budget: Budget | None = None) -> int:
        """Ask the server, report and return the exit status."""
        console, started = make_console(sys.stdout), time.monotonic()
        try:
            outcome = ask()
        except PreflightError as error:
            console.print(str(error), soft_wrap=True)
            return _NOTHING
        seconds = time.monotonic() - started
        comparison = Comparison(outcome, self._baseline, self._command, seconds, budget)
        print_comparison(console, comparison)
        failed = write_reports(comparison, self._report) if self._report else []
        if self._write and (reason := save(self._write, lambda: accepted_text(comparison.findings))):
            failed.append(reason)
        for reason in failed:
            console.print(f"A file is missing: {reason}.", soft_wrap=True)
        return _NOTHING if failed else comparison.status

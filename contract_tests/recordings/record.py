"""The command `aiimage-conform record`."""

import sys
from pathlib import Path
from typing import Any

import click

from contract_tests.oracle.facts import counted
from contract_tests.recordings import folder
from contract_tests.recordings.audited import AuditedRecording
from contract_tests.recordings.plan import RecordingPlan, make_plan
from contract_tests.recordings.recording import PlannedRecording
from contract_tests.runner import options
from contract_tests.runner.confirmation import confirm
from contract_tests.runner.run import Run
from contract_tests.runner.session import ended_by_signals
from contract_tests.runner.settings import Settings, make_settings

_EPILOG = """\b
Exit status:
  0  the recording is whole
  2  bad usage
  3  it is partial, nothing could be recorded, or a file that contained a secret was removed

\b
Example:
  aiimage-conform record --target fixtures/targets/mock.yaml --out recording --max-credits 3
"""
_STATUS = 3


@click.command(epilog=_EPILOG)
@options.SERVICE
@click.option(
    "--out", metavar="DIR", required=True, show_default="none: give one", help="The folder for the recording."
)
@options.max_credits()
@options.seed("the stand-ins")
@click.option("--force", is_flag=True, help="Replace the recording in the folder.")
@options.YES
def record(*, out: str, force: bool, yes: bool, **values: Any) -> None:
    """Record a small set of calls and replies, without secrets, for replay and drift."""
    settings = make_settings(**values)
    where = Path(out)
    folder.check(where, "--out", force=force)
    run = Run(settings)
    plan = make_plan(run.target, settings.cap)
    _print_plan(settings, plan)
    confirm(run.target, plan.credits, yes=yes)
    folder.prepare(where, "--out")
    sys.exit(record_in(where, run, plan))


def record_in(where: Path, run: Run, plan: RecordingPlan) -> int:
    """Record into an empty folder; return the exit status."""
    recording = AuditedRecording(where, run)
    recording.start()
    with ended_by_signals(lambda signal: _end(recording, run, f"it was interrupted ({signal})")):
        stopped = PlannedRecording(run, recording.recorder, plan, recording.say).record()
    return _end(recording, run, stopped)


def _end(recording: AuditedRecording, run: Run, stopped: str | None) -> int:
    reason = recording.finish(stopped)
    run.transport.close()
    spent = f"{counted(run.budget.spent, 'credit')} spent at most"
    recording.say(f"{counted(recording.recorder.count, 'exchange')} recorded, {spent}.")
    if reason:
        recording.say(f"The recording is partial: {reason.removesuffix('.')}.")
    return _STATUS if reason else 0


def _print_plan(settings: Settings, plan: RecordingPlan) -> None:
    click.echo(f"Seed {settings.seed}")
    for step, reason in plan.left_out:
        click.echo(f"Left out: {step.purpose}: {reason}")
    click.echo(
        f"{counted(len(plan.steps), 'step')} for {counted(plan.credits, 'credit')} by the documentation; "
        f"never more than {counted(settings.cap, 'credit')}."
    )

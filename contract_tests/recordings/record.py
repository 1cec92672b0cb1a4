"""The command `aiimage-conform record`."""

import sys
from pathlib import Path

import click

from contract_tests.oracle.facts import counted
from contract_tests.recordings import folder
from contract_tests.recordings.audited import AuditedRecording
from contract_tests.recordings.plan import RecordingPlan, make_plan
from contract_tests.recordings.recording import PlannedRecording
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
@click.option(
    "--target",
    metavar="FILE",
    show_default="none: give --base-url",
    help="The target file: where the service is, accounts, budget.",
)
@click.option(
    "--base-url", metavar="URL", show_default="none: give --target", help="The service, without a target file."
)
@click.option("--token", metavar="T", show_default="the variable AIIMAGE_TOKEN", help="The token for --base-url.")
@click.option(
    "--token-env",
    metavar="NAME",
    show_default="AIIMAGE_TOKEN",
    help="The environment variable with the token for --base-url.",
)
@click.option(
    "--out", metavar="DIR", required=True, show_default="none: give one", help="The folder for the recording."
)
@click.option(
    "--max-credits",
    type=click.IntRange(0),
    metavar="N",
    show_default="the limit of the target",
    help="Never spend more than N credits.",
)
@click.option(
    "--seed", type=click.IntRange(0), metavar="N", show_default="a random one", help="The seed of the stand-ins."
)
@click.option("--force", is_flag=True, help="Replace the recording in the folder.")
@click.option("--yes", is_flag=True, help="Spend credits at a remote service without asking.")
def record(
    target: str | None,
    base_url: str | None,
    token: str | None,
    token_env: str | None,
    out: str,
    max_credits: int | None,
    seed: int | None,
    *,
    force: bool,
    yes: bool,
) -> None:
    """Record a small set of calls and replies, without secrets, for replay and drift."""
    settings = make_settings(
        target=target,
        base_url=base_url,
        token=token,
        token_env=token_env,
        max_credits=max_credits,
        only=None,
        profile="full",
        seed=seed,
        report=None,
        strict=False,
        baseline=None,
    )
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

"""The command `aiimage-conform`."""

import sys
import traceback
from pathlib import Path
from typing import Any

import click

from contract_tests.calibration.command import calibrate
from contract_tests.calibration.of_a_run import SuiteProfile
from contract_tests.checks.decisions import PROFILES
from contract_tests.comparison.command import drift, replay
from contract_tests.errors import UsageError
from contract_tests.oracle.resources import load_rules
from contract_tests.recordings.of_a_run import SuiteRecording
from contract_tests.recordings.record import record
from contract_tests.report.compare import Comparison, comparison_lines, load_report
from contract_tests.report.terminal import make_console, print_plan
from contract_tests.runner import options
from contract_tests.runner.confirmation import confirm
from contract_tests.runner.run import Run
from contract_tests.runner.session import Session, ended_by_signals, estimate
from contract_tests.runner.settings import Settings, make_settings
from contract_tests.runner.version import suite_version
from contract_tests.wrong_servers.selftest import selftest

_FIRST_STEPS = """\b
Example:
  aiimage-conform plan --target fixtures/targets/mock.yaml
  aiimage-conform run --target fixtures/targets/mock.yaml --report conformance
"""
_STATUSES = """\b
Exit status of run:
  0  the service conforms: nothing is violated, and enough rules were decided
  1  a documented rule is violated; with --strict, also if the service differs from an assumption;
     with --baseline, also if an accepted finding no longer occurs
  2  bad usage
  3  too few rules could be checked, the run was interrupted, the service cannot be reached, a report cannot be
     written, or the recording is not whole
"""
_COMPARE = """\b
Exit status of compare:
  0  no rule got worse
  1  a rule got worse, or a new finding is not accepted
  2  bad usage

\b
Example:
  aiimage-conform compare conformance-of-main conformance
"""


class _Program(click.Group):
    """Ends every command with a sentence and a status: 1 is for findings alone."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UsageError as error:
            raise _BadUsage(str(error)) from None
        except (click.Abort, KeyboardInterrupt):
            raise _Failed("Interrupted.") from None
        except (click.exceptions.Exit, click.ClickException):
            raise
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}:{place.lineno}"
            raise _Failed(f"A fault of the suite: {type(error).__name__}: {error} ({where}).") from error


@click.group(
    cls=_Program, epilog=f"{_STATUSES}\n{_FIRST_STEPS}", context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(suite_version(), prog_name="aiimage-conform", message="%(prog)s %(version)s")
def main() -> None:
    """Check whether a service conforms to the documentation of the AI Image API."""


main.add_command(selftest)
main.add_command(replay)
main.add_command(drift)
main.add_command(record)
main.add_command(calibrate)


def _rules(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return how a list of rules can be completed."""
    del ctx, param
    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{rule}" for rule in load_rules() if rule.startswith(last.upper())]


_OF_A_RUN = options.together(
    options.SERVICE,
    options.max_credits("the limits of the target and the profile"),
    click.option("--only", metavar="RULE,…", show_default="all", help="Check only these rules.", shell_complete=_rules),
    click.option(
        "--profile",
        type=click.Choice(PROFILES),
        default="full",
        show_default=True,
        help="free spends nothing, quick at most 3 credits, full at most 40.",
    ),
    options.seed("the generated requests"),
    click.option(
        "--report", metavar="DIR", default="conformance", show_default=True, help="The folder for the reports."
    ),
    click.option("--strict", is_flag=True, help="A difference from an assumption fails the run too."),
    click.option(
        "--baseline",
        metavar="FILE",
        show_default="none",
        help="Accepted findings: they are reported and do not fail the run.",
    ),
    options.YES,
)


@main.command(epilog=f"{_STATUSES}\n{_FIRST_STEPS}")
@_OF_A_RUN
@click.option(
    "--write-baseline", metavar="FILE", show_default="none", help="Write all findings to this file, for --baseline."
)
@click.option(
    "--record",
    "recording",
    metavar="DIR",
    show_default="none",
    help="Write each call with its reply to this new folder, without secrets.",
)
@click.option(
    "--write-behaviour",
    metavar="FILE",
    show_default="none",
    help="Write how the service uses its freedoms to this file, for the mock's --behaviour.",
)
def run(
    *, yes: bool, write_baseline: str | None, recording: str | None, write_behaviour: str | None, **values: Any
) -> None:
    """Test the service and report a verdict for every rule."""
    settings = make_settings(**values)
    # Before credits are spent, find out whether the results can be written.
    options.folder_to_fill("--report", settings.report)
    baseline = options.file_to_write("--write-baseline", write_baseline)
    behaviour = options.file_to_write("--write-behaviour", write_behaviour)
    click.echo(f"Seed {settings.seed}")
    _confirm(settings, yes=yes)
    tested = Run(settings)
    session = Session(tested, make_console(sys.stdout), baseline)
    recorder = SuiteRecording(Path(recording), tested) if recording else None
    profile = SuiteProfile(behaviour, tested) if behaviour else None
    with ended_by_signals(recorder.interrupting(session.interrupt) if recorder else session.interrupt):
        status = session.examine()
    status = recorder.finish(status) if recorder else status
    sys.exit(profile.finish(status) if profile else status)


@main.command(epilog=_FIRST_STEPS)
@_OF_A_RUN
def plan(*, yes: bool, **values: Any) -> None:  # noqa: ARG001  the same options as run
    """Print the cost estimate of a run and what it would skip. It sends nothing."""
    print_plan(make_console(sys.stdout), estimate(make_settings(**values)))


@main.command(epilog=_COMPARE)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
def compare(before: str, after: str) -> None:
    """Show what changed from report A to report B. Each is a report.json or its folder."""
    comparison = Comparison(load_report(Path(before)), load_report(Path(after)))
    for line in comparison_lines(comparison):
        click.echo(line)
    sys.exit(1 if comparison.worse else 0)


def _confirm(settings: Settings, *, yes: bool) -> None:
    if settings.profile != "free":
        confirm(settings.target, min(estimate(settings).credits, settings.cap), yes=yes)


class _BadUsage(click.ClickException):
    exit_code = 2


class _Failed(click.ClickException):
    exit_code = 3


if __name__ == "__main__":
    main()
